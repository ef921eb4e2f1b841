"""Texts from outside: repaired, measured as JSON, and shortened."""

import json

# The most bytes that the mark in a shortened text takes.
MARK_BYTES = 48


def json_bytes(value: object) -> int:
    """Return the length of a value as compact JSON in UTF-8."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode(errors="surrogatepass"))


def well_formed(text: str) -> str:
    """Return the text with surrogate pairs joined, and a question mark for each lone half.

    JSON may escape half a character, which UTF-8 cannot encode.
    """
    if text.isascii():
        return text
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return joined.replace("\ufffd", "?") if "\ufffd" not in text else joined


def well_formed_json[T](value: T) -> T:
    """Return a JSON value with each of its texts well-formed."""
    repaired: T = json.loads(well_formed(json.dumps(value, ensure_ascii=False)))
    return repaired


def shorten(text: str, max_bytes: int) -> str:
    """Return a text of at most `max_bytes` as JSON, without its quotation marks.

    The beginning and the end are kept, and a mark between them says how much is left out. The mark
    is never left out, so the text may take `MARK_BYTES` whatever the bound.
    """
    if len(text) <= max_bytes and _size(text) <= max_bytes:
        return text
    kept = max(0, max_bytes - MARK_BYTES)
    # No character takes less than a byte, so the rest need not be measured.
    head = _within(text[:kept], kept - kept // 4, from_end=False)
    tail = _within(text[max(len(head), len(text) - kept) :], kept // 4, from_end=True)
    return f"{head}{_mark(len(text) - len(head) - len(tail))}{tail}"


def _mark(characters: int) -> str:
    return f" [… {characters:,} characters left out …] "


def _within(text: str, max_bytes: int, *, from_end: bool) -> str:
    while (size := _size(text)) > max_bytes:
        length = len(text) * max_bytes // size
        text = text[len(text) - length :] if from_end else text[:length]
    return text


def _size(text: str) -> int:
    return json_bytes(text) - 2
