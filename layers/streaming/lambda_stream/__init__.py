"""An ASGI application on AWS Lambda whose response streams.

The exec wrapper `lambda-stream` starts it. `_HANDLER` names the application, for example
`chat_api.app.app`.
"""
