"""The HTTP side: routes, and reading and checking a request."""
