"""The response to a malformed event, which cannot be passed to the application."""

import json

from lambda_stream.asgi import Application, Receive, Scope, Send
from lambda_stream.http.proxy_event import MalformedEventError


def bad_request(error: MalformedEventError) -> Application:
    """Return an application that answers 400 with the reason, which quotes no value."""
    body = json.dumps({"message": f"Malformed event: {error}.", "code": "invalid_request"}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 400, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return refuse
