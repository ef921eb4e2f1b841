"""The log keys of a failed model request: identifiers, never the endpoint's own sentences."""

import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2
import openai
from agents.exceptions import ModelTimeoutError
from agents.items import TResponseStreamEvent
from openai.types.responses import (
    ResponseErrorEvent,
    ResponseFailedEvent,
    ResponseIncompleteEvent,
)

from chat_api.model.aws_refusal import aws_error_type, refusal_keys

type LogKeys = dict[str, Any]

# OpenAI and most others; Azure twice; Amazon Bedrock; Anthropic; Cloudflare's proxies.
REQUEST_ID_HEADERS = (
    "x-request-id",
    "apim-request-id",
    "x-ms-request-id",
    "x-amzn-requestid",
    "request-id",
    "cf-ray",
)
# Some endpoints put sentences, or parts of the prompt, where an identifier belongs.
_IDENTIFIER = re.compile(r"[A-Za-z0-9_.\[\]]{1,64}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:=+/-]{1,128}")
_CONTENT_TYPE = re.compile(r"[a-z0-9.+-]{1,32}/[a-z0-9.+-]{1,64}")
# An error is logged as the first of these that is found among its causes.
CONNECTION_FAILURES: list[tuple[type[BaseException], str]] = [
    (ModelTimeoutError, "first_event_timeout"),
    (httpx2.ConnectTimeout, "connect_timeout"),
    (httpx2.PoolTimeout, "pool_timeout"),
    (httpx2.WriteTimeout, "write_timeout"),
    (httpx2.ReadTimeout, "read_timeout"),
    (socket.gaierror, "dns"),
    (ssl.SSLError, "tls"),
    (ConnectionRefusedError, "refused"),
    (ConnectionResetError, "reset"),
    (BrokenPipeError, "reset"),
    (httpx2.RemoteProtocolError, "closed"),
    (httpx2.TransportError, "other"),
]


def log_keys(error: Exception, response: httpx2.Response | None) -> LogKeys:
    """Return the log keys of a request's error. `response` is the response it got, if any."""
    if isinstance(error, openai.APIStatusError):
        response = error.response
    keys = _response_keys(response) | {"error": type(error).__qualname__} | refusal_keys(error)
    if isinstance(error, openai.APIError):
        keys |= _body_keys(error.body)
    code = getattr(error, "code", None)
    if "code" not in keys and _is_identifier(code):
        keys["code"] = code
    if connection := _connection_failure(error):
        keys["connection"] = connection
    return keys


def stream_failure(
    event: TResponseStreamEvent, response: httpx2.Response
) -> openai.APIError | None:
    """Return the error that an event of the Responses API reports, or None for other events."""
    match event:
        case ResponseFailedEvent():
            error: object = event.response.error
        case ResponseIncompleteEvent():
            details = event.response.incomplete_details
            error = {"code": details.reason if details else None}
        case ResponseErrorEvent():
            error = event
        case _:
            return None
    body = {"type": event.type, "code": _get(error, "code"), "param": _get(error, "param")}
    return openai.APIError(event.type, response.request, body=body)


def _response_keys(response: httpx2.Response | None) -> LogKeys:
    if response is None:
        return {}
    keys: LogKeys = {"status": response.status_code}
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if _CONTENT_TYPE.fullmatch(content_type):
        keys["content_type"] = content_type
    ids = (response.headers.get(name, "") for name in REQUEST_ID_HEADERS)
    if found := next(filter(_REQUEST_ID.fullmatch, ids), None):
        keys["model_request_id"] = found
    return keys | _identifiers(error_type=aws_error_type(response))


def _body_keys(body: object) -> LogKeys:
    # Gemini wraps its error in a list, and OpenAI's client unwraps objects only.
    if isinstance(body, list) and body:
        body = _get(body[0], "error")
    return _identifiers(
        code=_get(body, "code"),
        error_type=_get(body, "type") or _get(body, "status"),
        param=_get(body, "param"),
    )


def _identifiers(**values: object) -> LogKeys:
    return {key: str(value) for key, value in values.items() if _is_identifier(value)}


def _is_identifier(value: object) -> bool:
    return isinstance(value, str | int) and bool(_IDENTIFIER.fullmatch(str(value)))


def _get(body: object, key: str) -> object:
    return body.get(key) if isinstance(body, Mapping) else getattr(body, key, None)


def _connection_failure(error: BaseException) -> str | None:
    causes = list(_causes(error))
    return next(
        (
            name
            for kind, name in CONNECTION_FAILURES
            if any(isinstance(each, kind) for each in causes)
        ),
        None,
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error, its causes, and the errors inside groups."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for each in error.exceptions:
                yield from _causes(each)
        error = error.__cause__ or error.__context__
