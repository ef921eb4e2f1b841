"""An unreadable optional part is dropped without affecting the rest."""

from typing import Any

import pytest
from openai.types.responses import ResponseFunctionToolCall

from chat_api.model.output.repair import repair_item
from tests.unit.chat_api.model.conftest import Asked, Asking
from tests.unit.chat_api.model.endpoint import chunk, created, ended, event, message, said, sse

URL = {
    "type": "url_citation",
    "url": "https://example.com/a",
    "title": "A page",
    "start_index": 0,
    "end_index": 3,
}
FILE = {"type": "file_citation", "file_id": "f", "filename": "a.txt", "index": 3}
IN_CONTAINER = {
    "type": "container_file_citation",
    "container_id": "c",
    "file_id": "f",
    "filename": "b.txt",
    "start_index": 0,
    "end_index": 3,
}
PATH = {"type": "file_path", "file_id": "f", "index": 0}
POSITION = {"item_id": "msg_1", "output_index": 0, "content_index": 0}


def added(annotation: Any) -> dict[str, Any]:
    kind = "response.output_text.annotation.added"
    return event(kind, **POSITION, annotation_index=0, annotation=annotation)


async def cited(responses: Asking, *annotations: Any) -> Asked:
    item = message("See it.", annotations=[*annotations])
    events = said(item, "See it.")
    events[3:3] = [added(each) for each in annotations]
    return await responses.stream(sse(created(), *events, ended(item)))


@pytest.mark.parametrize("annotation", [URL, FILE, IN_CONTAINER, PATH])
async def test_every_citation_is_streamed_and_kept_in_its_message(
    responses: Asking, annotation: Any
) -> None:
    asked = await cited(responses, annotation)
    assert asked.error is None
    [live] = asked.of("response.output_text.annotation.added")
    [kept] = asked.output[0].content[0].annotations
    assert live.annotation.model_dump() == kept.model_dump() == annotation


@pytest.mark.parametrize(
    "annotation",
    [
        {"type": "moon_citation", "phase": "full"},
        {"type": "url_citation"},
        {**URL, "url": "javascript:alert(1)"},
        {**FILE, "filename": None},
        "nonsense",
        None,
    ],
)
async def test_an_unreadable_citation_is_dropped_alone(
    responses: Asking, annotation: Any, logged: list[dict[str, Any]]
) -> None:
    asked = await cited(responses, annotation, URL)
    assert asked.error is None
    [kept] = asked.output[0].content[0].annotations
    assert kept.url == URL["url"]
    assert {line["message"] for line in logged} == {"answer_part_passed_over"}
    assert {line["part"] for line in logged} == {"annotation"}


@pytest.mark.parametrize(
    "odd",
    [
        event("response.telepathy.delta", delta="secret text"),
        event("secret text of the user, with spaces"),
        {"delta": "x"},
        "secret text",
        7,
        event("response.output_text.delta", **POSITION),
        event("response.output_item.added", output_index=1),
        event("response.output_item.done", output_index=1, item={"id": "x", "type": "telepathy"}),
        event("response.output_item.done", output_index=1, item={"id": "x"}),
        event("response.output_text.annotation.added", **POSITION),
        event("response.reasoning_summary_text.delta", item_id="r", output_index=1),
    ],
)
async def test_an_unreadable_event_is_dropped_alone(
    responses: Asking, odd: Any, logged: list[dict[str, Any]]
) -> None:
    events = said(message("Hi"), "Hi")
    events.insert(3, odd)
    asked = await responses.stream(sse(created(), *events, ended(message("Hi"))))
    assert asked.error is None
    assert asked.text == "Hi"
    [line] = logged
    assert line["message"] == "answer_part_passed_over"
    assert "secret" not in str(line)


async def test_unknown_content_is_empty_and_the_rest_keeps_its_position(responses: Asking) -> None:
    item = message("Hi")
    item["content"].insert(0, {"type": "smell", "data": "roses"})
    asked = await responses.stream(sse(created(), ended(item)))
    assert [part.text for part in asked.output[0].content] == ["", "Hi"]


async def test_unknown_items_are_left_out_of_the_final_output(responses: Asking) -> None:
    odd = {"id": "t_1", "type": "telepathy"}
    asked = await responses.stream(sse(created(), ended(odd, message("Hi"))))
    assert [each.type for each in asked.output] == ["message"]


async def test_citations_over_chat_completions_are_in_the_message(chat_completions: Asking) -> None:
    nested = {"type": "url_citation", "url_citation": {k: URL[k] for k in URL if k != "type"}}
    broken = {"type": "url_citation", "url_citation": {"url": 5}}
    early = sse(
        chunk(content="", annotations=[nested, broken]), chunk(content="See"), chunk("stop")
    )
    late = sse(chunk(content="See"), chunk(content="", annotations=[nested]), chunk("stop"))
    last = sse(chunk(content="See"), chunk("stop", annotations=[nested]))
    for answer in (early, late, last):
        asked = await chat_completions.stream(answer)
        [kept] = asked.output[0].content[0].annotations
        assert kept.url == URL["url"]


@pytest.mark.parametrize(
    "odd",
    [
        chunk(content=None, reasoning_content={"no": "text"}),
        chunk(content=None, reasoning=["no text"]),
        chunk(content=[{"type": "smell", "data": "roses"}]),
        {"object": "ping"},
        "ping",
        {**chunk(), "choices": [{"index": 0, "delta": None}]},
        {**chunk(content="no"), "choices": [{"index": 1, "delta": {"content": "no"}}]},
        {**chunk(), "usage": "none"},
        {**chunk(), "usage": {"prompt_tokens": "many", "completion_tokens": None}},
    ],
)
async def test_an_unreadable_chunk_is_dropped_alone(chat_completions: Asking, odd: Any) -> None:
    answer = sse(chunk(content="H"), odd, chunk(content="i"), chunk("stop"))
    asked = await chat_completions.stream(answer)
    assert asked.error is None
    assert asked.text == "Hi"


async def test_a_choice_without_an_index_counts_as_the_first(chat_completions: Asking) -> None:
    bare = {**chunk(), "choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]}
    assert (await chat_completions.stream(sse(bare))).text == "Hi"


async def test_content_in_parts_is_split_into_text_and_thinking(chat_completions: Asking) -> None:
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}
    parts = chunk(content=[thinking, {"type": "text", "text": "Hi"}])
    asked = await chat_completions.stream(sse(parts, chunk("stop")))
    assert (asked.thought, asked.text) == ("Hm.", "Hi")


@pytest.mark.parametrize(
    ("arguments", "repaired"),
    [
        (r'{"a": "\ud83d"}', '{"a": "?"}'),
        (r'{"a": "\uDE00 b"}', '{"a": "? b"}'),
        ('{"a": "\ud83d"}', '{"a": "?"}'),
        (r'{"a": "\ud83d\ude00"}', '{"a": "\U0001f600"}'),
        (r'{"a":  "\u00e9"}', r'{"a":  "\u00e9"}'),
        (r'{"a": "\ud83d"', r'{"a": "\ud83d"'),
    ],
)
def test_half_a_character_in_arguments_becomes_a_question_mark(
    arguments: str, repaired: str
) -> None:
    call = ResponseFunctionToolCall(
        type="function_call", call_id="c1", name="add_task", arguments=arguments
    )
    assert repair_item(call).arguments == repaired
