"""An ASGI application on AWS Lambda whose response streams.

Entered through the exec wrapper `lambda-stream`; `_HANDLER` names the application, for example
`chat_api.app.app`.
"""
