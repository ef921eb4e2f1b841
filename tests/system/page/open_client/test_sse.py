"""Server-sent events are parsed wherever their bytes are split."""

from collections.abc import Callable
from typing import Any

import pytest

type Pure = Callable[..., Any]


def parsed(pure: Pure, *pieces: bytes) -> list[str]:
    """Return the data of all events that these pieces complete."""
    return [data for events in pure("sse", [list(piece) for piece in pieces]) for data in events]


def test_event_ends_at_an_empty_line(pure: Pure) -> None:
    assert pure("sse", [list(b"data: a\n"), list(b"\n")]) == [[], ["a"]]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_all_three_line_endings_are_accepted(pure: Pure, end: bytes) -> None:
    stream = end.join([b"data: a", b"", b"data: b", b"", b": end"])
    assert parsed(pure, stream) == ["a", "b"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_bytes_can_be_split_anywhere(pure: Pure, end: bytes) -> None:
    stream = "data: grüße 👋🏽 €".encode() + end + end + b"data: b" + end + end
    for at in range(len(stream)):
        assert parsed(pure, stream[:at], stream[at:]) == ["grüße 👋🏽 €", "b"]
    assert parsed(pure, *(stream[at : at + 1] for at in range(len(stream)))) == [
        "grüße 👋🏽 €",
        "b",
    ]


def test_data_lines_are_joined(pure: Pure) -> None:
    assert parsed(pure, b"data: a\ndata:\ndata: b\n\n") == ["a\n\nb"]


def test_only_the_first_space_after_the_colon_is_removed(pure: Pure) -> None:
    assert parsed(pure, b"data:  a : b\n\ndata:c\n\ndata\n\n") == [" a : b", "c", ""]


def test_comments_and_other_fields_are_ignored(pure: Pure) -> None:
    stream = b": keep-alive\n\nevent: x\nid: 7\nretry: 10\ndata: a\n\nevent: y\n\n"
    assert parsed(pure, stream) == ["a"]


def test_byte_order_mark_is_ignored(pure: Pure) -> None:
    assert parsed(pure, b"\xef\xbb\xbfdata: a\n\n") == ["a"]


def test_unterminated_event_is_dropped(pure: Pure) -> None:
    assert parsed(pure, b"data: a\n\ndata: b\n") == ["a"]
