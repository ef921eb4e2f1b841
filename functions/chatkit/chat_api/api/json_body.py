"""Repairs the JSON of a request, and describes the first fault in it."""

import re

from pydantic import ValidationError

from chatcore.errors import InvalidRequest

# A client can invent names of any length. Names of the protocol are shorter.
MAX_NAME = 40
MAX_FAULT = 200
# An escape within a JSON string: a whole surrogate pair, half of one, or any other.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_REPLACEMENT = rb"\ufffd"


def readable(body: bytes) -> bytes:
    r"""Return the JSON with half surrogate pairs replaced, as text decoders do (U+FFFD).

    A page that cuts a text in the middle of an emoji sends `\ud83d` alone, which is not a
    character; the rest of the message is kept. Raise `InvalidRequest` for bytes that are not UTF-8.
    """
    try:
        body.decode()
    except UnicodeDecodeError:
        raise InvalidRequest("Not a ChatKit request. body: is not UTF-8") from None
    if not _SURROGATE.search(body):
        return body
    return _ESCAPE.sub(lambda found: _REPLACEMENT if found["half"] else found[0], body)


def fault_in(error: ValidationError) -> str:
    """Return the path and kind of the first fault, without quoting the request."""
    fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
    if fault["type"] in ("union_tag_invalid", "union_tag_not_found"):
        # Pydantic's own message quotes the tag.
        what = "is of no known type" if fault["loc"] else "is not an operation"
        return f"{_path(fault['loc']) or 'type'}: {what}"
    return f"{_path(fault['loc']) or 'body'}: {fault['msg'][:MAX_FAULT]}"


def _path(loc: tuple[int | str, ...]) -> str:
    parts = [str(part) for part in loc]
    return ".".join(part if len(part) <= MAX_NAME else "…" for part in parts)
