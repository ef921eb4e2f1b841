"""Reads the event of an API Gateway REST API, with checks of its fields' types.

https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

# An event with none of these fields comes from another source: a queue, a schedule, an HTTP API.
REST_API_FIELDS = frozenset({"httpMethod", "path", "resource"})

type Event = dict[str, Any]
type Pairs = list[tuple[str, str]]


class NotAProxyEventError(Exception):
    """The event does not come from a REST API's Lambda proxy integration."""


class MalformedEventError(Exception):
    """A field of the event is missing or has the wrong type. The text quotes no value."""


def read_event(payload: bytes) -> Event:
    """Return the event. Raise NotAProxyEventError if it is not from a REST API."""
    try:
        event = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise NotAProxyEventError("the event is not JSON") from error
    if not isinstance(event, dict) or REST_API_FIELDS.isdisjoint(event):
        raise NotAProxyEventError(
            "the event has no httpMethod, path or resource: this function serves REST API proxy"
            " events (payload format 1.0) and nothing else"
        )
    return event


def text_of(fields: Mapping[str, Any], name: str) -> str:
    """Return a field that must be a string. Raise MalformedEventError."""
    value = fields.get(name)
    if not isinstance(value, str):
        raise MalformedEventError(f"{name} is not a string")
    return value


def object_of(fields: Mapping[str, Any], name: str) -> Event:
    """Return a field that must be an object. Raise MalformedEventError."""
    value = fields.get(name)
    if not isinstance(value, dict):
        raise MalformedEventError(f"{name} is not an object")
    return value


def optional_object_of(fields: Mapping[str, Any], name: str) -> Event:
    """Return a field that must be an object or null; null is empty. Raise MalformedEventError."""
    return {} if fields.get(name) is None else object_of(fields, name)


def pairs_of(event: Event, single: str, multiple: str) -> Pairs:
    """Return the (name, value) pairs in two fields of the event.

    The field `multiple` has a list of values for each name, and `single` has one value. The pairs
    of `multiple` come first, then those whose name only `single` has. Names are compared without
    regard to case. Either field may be null, as in a test from API Gateway's console. Raise
    MalformedEventError.
    """
    pairs: Pairs = []
    for name, values in optional_object_of(event, multiple).items():
        if not isinstance(values, list):
            raise MalformedEventError(f"{multiple} holds a value that is not a list")
        pairs += [(name, _text(value, multiple)) for value in values]
    known = {name.lower() for name, _ in pairs}
    return pairs + [
        (name, _text(value, single))
        for name, value in optional_object_of(event, single).items()
        if name.lower() not in known
    ]


def body_of(event: Event) -> bytes:
    """Return the request's body. Raise MalformedEventError."""
    body, encoded = event.get("body"), event.get("isBase64Encoded")
    if body is None:
        return b""
    if not isinstance(body, str) or not isinstance(encoded, bool | None):
        raise MalformedEventError("body is not a string, or isBase64Encoded not a boolean")
    if not encoded:
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedEventError("body is not base64, although isBase64Encoded is true") from None


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise MalformedEventError(f"{name} holds a value that is not a string")
    return value
