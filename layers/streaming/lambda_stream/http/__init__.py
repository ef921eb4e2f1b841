"""HTTP in both directions: proxy events, ASGI messages, responses, the Runtime API's wire."""
