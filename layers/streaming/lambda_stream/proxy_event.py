"""The event of an API Gateway REST API, parsed by Mangum."""

import json

from mangum.adapter import DEFAULT_TEXT_MIME_TYPES
from mangum.handlers import APIGateway
from mangum.types import LambdaConfig, LambdaContext

CONFIG = LambdaConfig(
    api_gateway_base_path="/", text_mime_types=DEFAULT_TEXT_MIME_TYPES, exclude_headers=[]
)


class NotAProxyEventError(Exception):
    """The event is not one of a REST API's Lambda proxy integration."""


def proxy_event(payload: bytes, context: LambdaContext) -> APIGateway:
    """The event, whose `scope` and `body` make the ASGI request. Raises NotAProxyEventError."""
    try:
        event = json.loads(payload)
    except ValueError as error:
        raise NotAProxyEventError("the event is not JSON") from error
    if not isinstance(event, dict) or not {"httpMethod", "path", "requestContext"} <= event.keys():
        raise NotAProxyEventError(
            "the event has no httpMethod, path and requestContext: this function serves REST API"
            " proxy events (payload format 1.0) and nothing else"
        )
    return APIGateway(event, context, CONFIG)
