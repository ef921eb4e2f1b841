"""Converts a REST proxy event to an ASGI scope and body."""

from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from lambda_stream.asgi import Scope
from lambda_stream.context import Context
from lambda_stream.http.proxy_event import (
    Event,
    MalformedEventError,
    body_of,
    object_of,
    optional_object_of,
    pairs_of,
    text_of,
)

type Headers = list[tuple[bytes, bytes]]

# Characters that a path may contain besides letters, digits and escapes (RFC 3986, 3.3).
PATH_CHARACTERS = "%/:@!$&'()*+,;=~"
PORTS = {"http": 80, "https": 443}


def read_request(event: Event, context: Context) -> tuple[Scope, bytes]:
    """Return the scope, without a lifespan's state, and the body. Raise MalformedEventError.

    The result matches what uvicorn makes of the same request. API Gateway leaves the stage out of
    the path, so `root_path` is empty. It decodes the query, so the query is encoded again here: the
    parameters are the same, but their spelling may differ.
    """
    try:
        body = body_of(event)
        return _scope(event, body) | {"aws.event": event, "aws.context": context}, body
    except UnicodeEncodeError:
        raise MalformedEventError(
            "a name or a value has a character that no request can have"
        ) from None


def _scope(event: Event, body: bytes) -> dict[str, Any]:
    path = text_of(event, "path") or "/"
    if not path.startswith("/"):
        raise MalformedEventError("path does not begin with a slash")
    headers = _headers(event, body)
    text_headers = {name: value.decode("latin-1") for name, value in headers}
    forwarded_proto = text_headers.get(b"x-forwarded-proto")
    scheme = forwarded_proto if forwarded_proto in PORTS else "https"
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": text_of(event, "httpMethod").upper(),
        "scheme": scheme,
        "path": unquote(path),
        "raw_path": quote(path, safe=PATH_CHARACTERS).encode("ascii"),
        "query_string": _query(event),
        "root_path": "",
        "headers": headers,
        "client": _client(object_of(event, "requestContext")),
        "server": _server(text_headers, PORTS[scheme]),
    }


def _headers(event: Event, body: bytes) -> Headers:
    """Return the headers, repeated ones included, with names in lower case.

    Content-Length is set to the length of the decoded body. API Gateway may omit it or send the
    length of the encoded body, and some frameworks read no more bytes than it says.
    """
    headers = [
        (name.lower().encode("ascii"), _bytes(value))
        for name, value in pairs_of(event, "headers", "multiValueHeaders")
    ]
    others = [(name, value) for name, value in headers if name != b"content-length"]
    if not body and len(others) == len(headers):
        return others
    return [*others, (b"content-length", str(len(body)).encode())]


def _bytes(value: str) -> bytes:
    """Return the bytes that were sent. API Gateway decodes them as Latin-1 if it can."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


def _query(event: Event) -> bytes:
    pairs = pairs_of(event, "queryStringParameters", "multiValueQueryStringParameters")
    return urlencode(pairs).encode()


def _client(context: Event) -> tuple[str, int] | None:
    """Return the client's address, or None for a direct invocation. Its port is unknown."""
    identity = optional_object_of(context, "identity")
    return None if identity.get("sourceIp") is None else (text_of(identity, "sourceIp"), 0)


def _server(headers: dict[bytes, str], default_port: int) -> tuple[str, int] | None:
    """Return the host and port that the client addressed, or None if they cannot be parsed."""
    try:
        address = urlsplit(f"//{headers.get(b'host', '')}")
        port = address.port or int(headers.get(b"x-forwarded-port", default_port))
    except ValueError:
        return None
    return (address.hostname, port) if address.hostname else None
