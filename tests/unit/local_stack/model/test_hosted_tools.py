"""The tools that the endpoint runs itself, read by the openai SDK."""

import base64
from typing import Any

import pytest
from openai import AsyncOpenAI
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from local_stack.model.hosted_items import picture

EVENT = TypeAdapter[ResponseStreamEvent](ResponseStreamEvent)
DRAW, SEARCH = "Draw a cat.", "Search the web for cats"


async def events_of(client: AsyncOpenAI, text: str, tool: Any) -> list[Any]:
    stream = await client.responses.create(model="any", input=text, tools=[tool], stream=True)
    return [event async for event in stream]


@pytest.mark.parametrize(
    ("text", "kind"), [(DRAW, "image_generation"), (SEARCH, "web_search")], ids=["draw", "search"]
)
async def test_every_event_and_the_whole_response_have_openais_types(
    client: AsyncOpenAI, text: str, kind: str
) -> None:
    events = await events_of(client, text, {"type": kind})
    for event in events:
        EVENT.validate_python(event.model_dump(warnings=False))
    whole = Response.model_validate(events[-1].response.model_dump(warnings=False))
    assert [item.type for item in whole.output] == [f"{kind}_call", "message"]
    types = [event.type for event in events]
    assert f"response.{kind}_call.in_progress" in types
    assert f"response.{kind}_call.completed" in types


async def test_the_image_is_a_png_and_comes_only_when_it_is_finished(client: AsyncOpenAI) -> None:
    events = await events_of(client, DRAW, {"type": "image_generation"})
    items = [event.item for event in events if event.type.startswith("response.output_item.")]
    added, done = (item for item in items if item.type == "image_generation_call")
    assert added.result is None
    assert base64.b64decode(done.result) == picture("a cat")
    assert picture("a cat").startswith(b"\x89PNG\r\n\x1a\n")
    assert picture("a cat") != picture("a dog")


async def test_the_text_of_a_search_cites_its_page(client: AsyncOpenAI) -> None:
    events = await events_of(client, SEARCH, {"type": "web_search"})
    [added] = [each for each in events if each.type == "response.output_text.annotation.added"]
    [part] = events[-1].response.output[1].content
    assert part.annotations[0].url == "https://example.com/cats"
    assert dict(added.annotation)["url"] == "https://example.com/cats"


@pytest.mark.parametrize("text", [DRAW, SEARCH])
async def test_without_the_tool_nothing_is_drawn_or_searched(
    client: AsyncOpenAI, text: str
) -> None:
    response = await client.responses.create(model="any", input=text)
    assert [item.type for item in response.output] == ["message"]
