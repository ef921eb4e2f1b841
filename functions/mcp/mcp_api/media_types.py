"""Checks the media types that a client accepts and sends. The tools read and write only JSON."""

import re

from starlette.datastructures import MutableHeaders
from starlette.types import Scope

from chatcore.errors import NotAcceptable, UnsupportedMediaType

JSON = "application/json"
# From the most specific range to the least. Some clients send a bare `*`.
RANGES = (JSON, "application/*", "*/*", "*")
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_ZERO = re.compile(r"0+\.?0*|\.0+")


def normalize_media_types(scope: Scope) -> None:
    """Set the request's Accept and Content-Type headers to what the SDK requires.

    No Accept header means any type (RFC 9110 section 12.5.1), and a body without a stated type is
    read as JSON (section 8.3). Raise `NotAcceptable` for a client that does not accept JSON, and
    `UnsupportedMediaType` for one that sends something else.
    """
    headers = MutableHeaders(scope=scope)
    if not _accepts_json(",".join(headers.getlist("accept"))):
        raise NotAcceptable(f"The tools answer in {JSON}, which the Accept header rules out.")
    sent = _QUOTED.sub("", ",".join(headers.getlist("content-type"))).split(",")
    if {each.partition(";")[0].strip().lower() for each in sent} - {JSON, ""}:
        raise UnsupportedMediaType(f"The body must be {JSON}, and its Content-Type must say so.")
    # No answer is ever streamed, but the SDK requires both.
    headers["accept"] = f"{JSON}, text/event-stream"
    headers["content-type"] = JSON


def _accepts_json(accept: str) -> bool:
    """Return whether these media ranges allow JSON; the most specific one decides."""
    allowed: dict[str, bool] = {}
    for each in _QUOTED.sub("", accept).lower().split(","):
        name, *parameters = (part.strip() for part in each.split(";"))
        if name:
            allowed[name] = allowed.get(name, False) or not any(map(_is_zero, parameters))
    return next((allowed[name] for name in RANGES if name in allowed), not allowed)


def _is_zero(parameter: str) -> bool:
    """Return whether the parameter is a weight that excludes its range (RFC 9110 12.4.2)."""
    name, _, value = (part.strip() for part in parameter.partition("="))
    return name == "q" and _ZERO.fullmatch(value) is not None
