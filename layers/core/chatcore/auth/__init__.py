"""Authentication: tokens, keys and logins."""
