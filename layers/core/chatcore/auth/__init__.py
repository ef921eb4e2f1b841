"""Tokens, keys and logins: who makes a request."""
