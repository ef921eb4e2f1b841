"""The model requests of a turn with several steps, over both APIs."""

import re
from typing import Any

import pytest
from agents import Agent, Runner, Tool, ToolOutputImage, function_tool

from chat_api.model.provider import create_run_config
from tests.unit.chat_api.model.scripted_endpoint import Answer, ScriptedEndpoint
from tests.unit.chat_api.one_endpoint import one_endpoint

APIS = ("responses", "chat_completions")
PIXEL = "data:image/png;base64,iVBORw0KGgo="


@function_tool
def look_up(word: str = "") -> str:
    """Look up a word."""
    return f"found {word}" + "x" * 1_000_000


@function_tool
def draw() -> ToolOutputImage:
    """Draw."""
    return ToolOutputImage(image_url=PIXEL)


async def run(
    endpoint: ScriptedEndpoint,
    api: str,
    model: str = "some-model",
    tools: tuple[Tool, ...] = (look_up, draw),
) -> None:
    """Run an agent with these tools until it finishes."""
    agent = Agent[None](name="a", model=model, tools=[*tools])
    async with endpoint.client() as client:
        provider = one_endpoint(client, use_responses=api == "responses")
        config = create_run_config(provider)
        result = Runner.run_streamed(agent, "Hi", run_config=config)
        async for _ in result.stream_events():
            pass


def calls(request: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the name and arguments of each call in a request for either API."""
    if "messages" in request:
        messages = request["messages"]
        return [call["function"] for each in messages for call in each.get("tool_calls", [])]
    return [item for item in request["input"] if item.get("type") == "function_call"]


def results(request: dict[str, Any]) -> list[Any]:
    """Return the tool results in a request for either API."""
    if "messages" in request:
        return [each["content"] for each in request["messages"] if each["role"] == "tool"]
    kind = "function_call_output"
    return [item["output"] for item in request["input"] if item.get("type") == kind]


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("arguments", ['{"word": "Bru', '["a"]', '"a"', "7", "null"])
async def test_a_model_learns_that_its_arguments_are_not_a_json_object(
    api: str, arguments: str
) -> None:
    endpoint = ScriptedEndpoint(Answer([("look_up", arguments)]), Answer(text="Sorry."))
    await run(endpoint, api)
    assert [call["arguments"] for call in calls(endpoint.requests[1])] == ["{}"]
    [output] = results(endpoint.requests[1])
    assert "not a JSON object" in output
    assert arguments[:400] in output


@pytest.mark.parametrize("api", APIS)
async def test_a_call_without_arguments_is_sent_back_with_an_empty_object(api: str) -> None:
    endpoint = ScriptedEndpoint(Answer([("look_up", "")]), Answer(text="Done."))
    await run(endpoint, api)
    assert [call["arguments"] for call in calls(endpoint.requests[1])] == ["{}"]
    assert results(endpoint.requests[1])[0].startswith("found")


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("name", ["functions.look_up", "look up!", "x" * 100, "выдумка"])
async def test_a_model_learns_that_its_tool_does_not_exist(api: str, name: str) -> None:
    endpoint = ScriptedEndpoint(Answer([(name, "{}"), ("look_up", "{}")]), Answer(text="Sorry."))
    await run(endpoint, api)
    made_up, real = calls(endpoint.requests[1])
    assert re.fullmatch("[A-Za-z0-9_-]{1,64}", made_up["name"])
    assert real["name"] == "look_up"
    assert "not found" in results(endpoint.requests[1])[0]


@pytest.mark.parametrize("api", APIS)
async def test_a_long_result_is_shortened_in_the_next_request(api: str) -> None:
    endpoint = ScriptedEndpoint(Answer([("look_up", '{"word": "sun"}')]), Answer(text="Done."))
    await run(endpoint, api)
    [result] = results(endpoint.requests[1])
    assert result.startswith("found sun")
    assert "characters left out" in result
    assert len(result) <= 100_000


async def test_a_tools_image_reaches_a_model_that_accepts_images() -> None:
    endpoint = ScriptedEndpoint(Answer([("draw", "{}")]), Answer(text="Nice."))
    await run(endpoint, "responses")
    [[line, image]] = results(endpoint.requests[1])
    assert line["type"] == "input_text"
    assert image == {"type": "input_image", "image_url": PIXEL}


async def test_chat_completions_gets_a_sentence_in_place_of_an_image() -> None:
    endpoint = ScriptedEndpoint(Answer([("draw", "{}")]), Answer(text="Nice."))
    await run(endpoint, "chat_completions")
    [result] = results(endpoint.requests[1])
    assert result == "An image was here, which this model cannot see."


async def test_a_text_and_its_calls_stay_one_chat_completions_message() -> None:
    endpoint = ScriptedEndpoint(
        Answer([("look_up", "{}")], text="Let me look."), Answer(text="Done.")
    )
    await run(endpoint, "chat_completions")
    roles = [message["role"] for message in endpoint.requests[1]["messages"]]
    assert roles == ["user", "assistant", "tool"]
    assert endpoint.requests[1]["messages"][1]["content"] == "Let me look."


@pytest.mark.parametrize("api", APIS)
async def test_a_request_has_no_empty_lists(api: str) -> None:
    endpoint = ScriptedEndpoint(Answer(text="Hello."))
    await run(endpoint, api, model="gpt-4o", tools=())
    assert [name for name, value in endpoint.requests[0].items() if value == []] == []
