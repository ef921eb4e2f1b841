"""Thinking that a model writes into its text is not part of its answer."""

import json
from typing import Any

import pytest

from chat_api.model.output.think_tags import Piece, ThinkTagParser, without_thinking
from tests.unit.chat_api.model.conftest import Asking
from tests.unit.chat_api.model.endpoint import (
    Body,
    chunk,
    created,
    ended,
    message,
    piece,
    said,
    sse,
)

TEXTS = [
    ("Hello.", "Hello."),
    ("  Hello.", "  Hello."),
    ("<think>\nHm.\n</think>\n\nHello.", "Hello."),
    ("\n<think>Hm.</think>Hello.", "Hello."),
    ("<thinking>Hm.</thinking> Hello.", "Hello."),
    ("<THINK>Hm.</THINK>Hello.", "Hello."),
    ("<thought>Hm.</thought>Hello.", "Hello."),
    ("[THINK]Hm.[/THINK]Hello.", "Hello."),
    ("◁think▷Hm.◁/think▷Hello.", "Hello."),
    ("<think></think>\n\nHello.", "Hello."),
    ("<think>a</think>\n<think>b</think>\nHello.", "Hello."),
    ("Hm.\n</think>\n\nHello.", "Hello."),
    ("Hm.</think>Hello.", "Hello."),
    ("<think>Never an end", ""),
    ("<think>a < b </thin k></think>1 < 2", "1 < 2"),
    ("<table> is a tag", "<table> is a tag"),
    ("<", "<"),
    ("Use `</think>` to close.", "Use `</think>` to close."),
    ("It is “</think>”.", "It is “</think>”."),
    ("```xml\n<think>a</think>\n```\nDone.", "```xml\n<think>a</think>\n```\nDone."),
    ("<think>a</think>It is <think>b</think>.", "It is <think>b</think>."),
    ("<think>İİ</think>Hello.", "Hello."),
]


def text_of(piece: Piece) -> str:
    return piece.text if piece.kind == "text" else ""


@pytest.mark.parametrize(("text", "answer"), TEXTS)
@pytest.mark.parametrize("length", [1, 3, 1000])
def test_thinking_is_separated_from_the_answer_for_any_split_of_the_text(
    text: str, answer: str, length: int
) -> None:
    assert without_thinking(text) == answer
    parser = ThinkTagParser()
    answered = ""
    for start in range(0, len(text), length):
        bit = text[start : start + length]
        if parser.passes(bit):
            answered += bit
            continue
        for each in parser.feed(bit):
            answered = "" if each.kind == "retracted" else answered + text_of(each)
    answered += "".join(text_of(each) for each in parser.finish())
    assert answered == answer


THINKS = ["<th", "ink>\nTwo and two", " is four.\n</th", "ink>\n\n", "It is", " 4."]


async def test_thinking_becomes_reasoning_before_the_message(either: Asking) -> None:
    item = message("".join(THINKS))
    over_responses = sse(created(), *said(item, *THINKS), ended(item))
    over_chat = sse(*(chunk(content=each) for each in THINKS), chunk("stop"))
    asked = await either.stream(over_responses if either.api == "responses" else over_chat)
    assert asked.text == "It is 4."
    assert asked.thought.strip() == "Two and two is four."
    added = [each.item.type for each in asked.of("response.output_item.added")]
    assert added == ["reasoning", "message"]
    [answer] = asked.output
    assert answer.content[0].text == "It is 4."
    for done in asked.of("response.content_part.done"):
        assert done.part.text == "It is 4."


async def test_a_message_with_only_thinking_is_left_out(either: Asking) -> None:
    text = "<think>I need the list.</think>\n\n"
    item = message(text)
    over_responses = sse(created(), *said(item, text), ended(item))
    pieces = [piece("list_tasks", "{}", index=0, id="1")]
    over_chat = sse(chunk(content=text), chunk(tool_calls=pieces), chunk("tool_calls"))
    asked = await either.stream(over_responses if either.api == "responses" else over_chat)
    assert asked.error is None
    assert asked.thought == "I need the list."
    assert "message" not in [each.type for each in asked.output]
    assert not asked.of("response.content_part.added")


async def test_text_before_a_lone_closing_tag_is_retracted(chat_completions: Asking) -> None:
    bits = ["Two and two", " is four.\n</think>", "\n\nIt is 4."]
    asked = await chat_completions.stream(sse(*(chunk(content=b) for b in bits), chunk("stop")))
    [retracted] = asked.of("response.output_text.done")
    assert retracted.text == ""
    after = asked.events[asked.events.index(retracted) :]
    assert [each.delta for each in after if each.type == "response.output_text.delta"] == [
        "It is 4."
    ]
    assert asked.output[0].content[0].text == "It is 4."


async def test_citations_move_with_the_remaining_text(responses: Asking) -> None:
    url = {"type": "url_citation", "url": "https://a.example", "title": "A"}
    item = message(
        "<think>a</think>See it", annotations=[{**url, "start_index": 16} | {"end_index": 19}]
    )
    asked = await responses.stream(
        sse(created(), *said(item, "<think>a</think>See it"), ended(item))
    )
    [kept] = asked.output[0].content[0].annotations
    assert (kept.start_index, kept.end_index) == (0, 3)


async def test_an_unstreamed_answer_has_no_thinking_either(either: Asking) -> None:
    text = "<think>They want a title.</think>\n\nGroceries"
    completion = {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text},
                "finish_reason": "stop",
            }
        ],
    }
    whole = completion if either.api == "chat_completions" else ended(message(text))["response"]
    body = Body(json.dumps(whole).encode(), "application/json")
    answer: Any = await either.whole(body)
    assert [part.text for part in answer.output[0].content] == ["Groceries"]


async def test_long_reasoning_is_sent_in_growing_deltas(chat_completions: Asking) -> None:
    words = ["<think>", *(f"word {number} " for number in range(2000)), "</think>Hi"]
    asked = await chat_completions.stream(
        sse(*(chunk(content=each) for each in words), chunk("stop"))
    )
    sizes = [len(each.delta) for each in asked.of("response.reasoning_summary_text.delta")]
    # With each delta, ChatKit sends the whole reasoning text so far.
    sent = sum(sum(sizes[: number + 1]) for number in range(len(sizes)))
    assert asked.thought == "".join(words[1:-1])
    assert sent < 10 * sum(sizes)
    assert asked.text == "Hi"
