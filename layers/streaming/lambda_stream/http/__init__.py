"""Requests and responses: from API Gateway's proxy events to ASGI and back."""
