"""What a client takes and what it sends: the tools write and read JSON alone."""

import re

from starlette.datastructures import MutableHeaders
from starlette.types import Scope

from chatcore.errors import NotAcceptable, UnsupportedMediaType

JSON = "application/json"
# From the most specific range to the least. Some clients write the last one so.
RANGES = (JSON, "application/*", "*/*", "*")
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_ZERO = re.compile(r"0+\.?0*|\.0+")


def settle_media_types(scope: Scope) -> None:
    """Give the request the Accept and Content-Type headers that the SDK asks for.

    No Accept header means any type (RFC 9110 section 12.5.1), and a body of no stated type is read
    as JSON (section 8.3). Raises `NotAcceptable` or `UnsupportedMediaType` for a client that takes
    or sends something else.
    """
    headers = MutableHeaders(scope=scope)
    if not _takes_json(",".join(headers.getlist("accept"))):
        raise NotAcceptable(f"The tools answer in {JSON}, which the Accept header does not name.")
    sent = _QUOTED.sub("", ",".join(headers.getlist("content-type"))).split(",")
    if {each.partition(";")[0].strip().lower() for each in sent} - {JSON, ""}:
        raise UnsupportedMediaType(f"The body must be {JSON}, as its Content-Type must say.")
    # No answer is ever streamed; the SDK wants both named all the same.
    headers["accept"] = f"{JSON}, text/event-stream"
    headers["content-type"] = JSON


def _takes_json(accept: str) -> bool:
    """Whether these media ranges allow JSON; the most specific one decides."""
    allowed: dict[str, bool] = {}
    for each in _QUOTED.sub("", accept).lower().split(","):
        kind, *parameters = (part.strip() for part in each.split(";"))
        if kind:
            allowed[kind] = allowed.get(kind, False) or not any(map(_is_zero, parameters))
    return next((allowed[kind] for kind in RANGES if kind in allowed), not allowed)


def _is_zero(parameter: str) -> bool:
    """Whether it is a weight that refuses its range (RFC 9110 section 12.4.2)."""
    name, _, value = (part.strip() for part in parameter.partition("="))
    return name == "q" and _ZERO.fullmatch(value) is not None
