"""The HTTP request of a REST proxy event, as the scope and the body that ASGI has for it."""

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

# What a path may hold besides letters, digits and escapes (RFC 3986, 3.3).
PATH_CHARACTERS = "%/:@!$&'()*+,;=~"
PORTS = {"http": 80, "https": 443}


def read_request(event: Event, context: Context) -> tuple[Scope, bytes]:
    """Return the scope, without a lifespan's state, and the body. Raises MalformedEventError.

    It is what uvicorn makes of the same request. API Gateway leaves the stage out of the path, so
    `root_path` is empty. It decodes the query, which is encoded anew: the same parameters, though
    perhaps spelled differently.
    """
    try:
        body = body_of(event)
        return _scope(event, body) | {"aws.event": event, "aws.context": context}, body
    except UnicodeEncodeError:
        raise MalformedEventError("a name or a value holds what no request can") from None


def _scope(event: Event, body: bytes) -> dict[str, Any]:
    path = text_of(event, "path") or "/"
    if not path.startswith("/"):
        raise MalformedEventError("path does not begin with a slash")
    headers = _headers(event, body)
    values = {name: value.decode("latin-1") for name, value in headers}
    forwarded = values.get(b"x-forwarded-proto")
    scheme = forwarded if forwarded in PORTS else "https"
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
        "server": _server(values, PORTS[scheme]),
    }


def _headers(event: Event, body: bytes) -> Headers:
    """The headers, each as often as it was sent; names in lower case.

    A length is that of the body as it is here: API Gateway may have sent none, or that of another
    encoding, and some frameworks read no more than it says.
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
    """The value as it was on the wire: API Gateway's characters stand for bytes where they can."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


def _query(event: Event) -> bytes:
    pairs = pairs_of(event, "queryStringParameters", "multiValueQueryStringParameters")
    return urlencode(pairs).encode()


def _client(context: Event) -> tuple[str, int] | None:
    """The client's address, which a direct invocation does not have. Its port is not known."""
    identity = optional_object_of(context, "identity")
    return None if identity.get("sourceIp") is None else (text_of(identity, "sourceIp"), 0)


def _server(values: dict[bytes, str], default_port: int) -> tuple[str, int] | None:
    """The server that the client addressed, if it said so in a way that can be read."""
    try:
        address = urlsplit(f"//{values.get(b'host', '')}")
        port = address.port or int(values.get(b"x-forwarded-port", default_port))
    except ValueError:
        return None
    return (address.hostname, port) if address.hostname else None
