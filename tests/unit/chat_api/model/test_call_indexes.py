"""Each piece of a call is added to the right call, regardless of its index."""

from typing import Any

import pytest

from tests.unit.chat_api.model.conftest import Asking
from tests.unit.chat_api.model.endpoint import chunk, piece, sse

A, B = ("a", '{"x": 1}'), ("b", '{"y": 2}')
LATER = {"index": 0}


@pytest.mark.parametrize(
    ("pieces", "calls"),
    [
        ([piece(*A, index=0, id="1"), piece(*B, index=1, id="2")], [A, B]),
        ([piece(*A, index=0, id="1"), piece(*B, index=0, id="2")], [A, B]),
        ([piece(*A, index=0), piece(*A, index=0)], [A, A]),
        ([piece(*A, id="1"), piece(*B, id="2")], [A, B]),
        ([piece("a", '{"x"', id="1"), piece(None, ": 1}")], [A]),
        ([piece("a", '{"x"', index=0, id="1"), piece(None, ": 1}", index=1)], [A]),
        ([piece("a", "", index=0, id="1"), piece("a", '{"x": 1}', index=0, id="1")], [A]),
        ([piece("a", '{"x"', index=0, id="1"), piece(None, ": 1}", index=0, id="9")], [A]),
        ([piece("a", '{"x"', index=3, id="1"), piece(None, ": 1}", index=3)], [A]),
    ],
)
async def test_calls_are_put_together_from_their_pieces(
    chat_completions: Asking, pieces: list[Any], calls: list[tuple[str, str]]
) -> None:
    chunks = [chunk(tool_calls=[each]) for each in pieces]
    asked = await chat_completions.stream(sse(*chunks, chunk("tool_calls")))
    assert asked.calls == calls


async def test_arguments_that_are_an_object_become_json(chat_completions: Asking) -> None:
    odd = piece("a", index=0, id="1")
    odd["function"]["arguments"] = {"x": 1}
    asked = await chat_completions.stream(sse(chunk("stop", tool_calls=[odd])))
    assert asked.calls == [A]
