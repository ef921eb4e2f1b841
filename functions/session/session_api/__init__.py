"""The session function: exchanges a login for a short-lived client_secret."""
