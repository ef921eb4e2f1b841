"""Runs an ASGI application on AWS Lambda and streams its responses.

The exec wrapper `lambda-stream` starts it. `_HANDLER` names the application, for example
`chat_api.app.app`.
"""
