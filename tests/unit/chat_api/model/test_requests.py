"""The model requests of a turn with several steps, over both APIs."""

import asyncio
import json
import re
from typing import Any

import httpx2
import openai
import pytest
from agents import Agent, Runner, ToolOutputImage, function_tool

from chat_api.model.endpoints import create_client
from chat_api.model.provider import create_run_config
from tests.unit.chat_api.model.endpoint import created, ended, message, said, sse
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
    endpoint: ScriptedEndpoint, api: str, model: str = "some-model", given: str | list[Any] = "Hi"
) -> None:
    """Run an agent with the two tools until it finishes."""
    agent = Agent[None](name="a", model=model, tools=[look_up, draw])
    async with endpoint.client() as client:
        provider = one_endpoint(client, use_responses=api == "responses")
        config = create_run_config(provider)
        result = Runner.run_streamed(agent, given, run_config=config)
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
async def test_a_long_result_is_shortened_at_once(api: str) -> None:
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
    assert results(endpoint.requests[1]) == ["The tool returned something that is not text."]


async def test_a_text_and_its_calls_stay_one_chat_completions_message() -> None:
    endpoint = ScriptedEndpoint(
        Answer([("look_up", "{}")], text="Let me look."), Answer(text="Done.")
    )
    await run(endpoint, "chat_completions")
    roles = [message["role"] for message in endpoint.requests[1]["messages"]]
    assert roles == ["user", "assistant", "tool"]
    assert endpoint.requests[1]["messages"][1]["content"] == "Let me look."


async def test_reasoning_content_stays_with_the_call_that_follows_it() -> None:
    thought = Answer([("look_up", "{}")], delta={"reasoning_content": "Hm."})
    endpoint = ScriptedEndpoint(thought, Answer(text="Done."))
    await run(endpoint, "chat_completions", model="deepseek-v4")
    [message] = [each for each in endpoint.requests[1]["messages"] if each.get("tool_calls")]
    assert message["reasoning_content"] == "Hm."


REASONING = [
    "gpt-5.6-x",
    "gpt-6-x",
    "openai.gpt-oss-120b-1:0",
    "openai.gpt-6-x",
    "o3",
    "o5-mini",
    "our-own-model",
]
# OpenAI answers 400, "Encrypted content is not supported with this model".
NOT_REASONING = [
    "gpt-4o-mini",
    "gpt-4.1",
    "gpt-3.5-turbo",
    "chatgpt-4o-latest",
    "gpt-5-chat-latest",
    "gpt-5.3-chat-latest",
    "ft:gpt-4o-mini-2024-07-18:acme::B1",
    "GPT-4o",
]


@pytest.mark.parametrize("model", [*REASONING, *NOT_REASONING])
@pytest.mark.parametrize("content", ["encrypted", None])
async def test_reasoning_is_sent_back_with_its_content_and_no_id(
    model: str, content: str | None
) -> None:
    sent: dict[str, Any] = {"type": "reasoning", "summary": [], "encrypted_content": content}
    thought = sent | {"id": "rs_1"}
    endpoint = ScriptedEndpoint(Answer([("look_up", "{}")], items=[thought]), Answer(text="Done."))
    await run(endpoint, "responses", model=model)
    first, second = endpoint.requests
    asked = "reasoning.encrypted_content" in first.get("include", ())
    assert asked is (model in REASONING)
    assert first["store"] is False
    reasoning = [item for item in second["input"] if item.get("type") == "reasoning"]
    assert reasoning == ([sent] if content else [])
    assert [item for item in second["input"] if "id" in item] == []


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, {"message": "Encrypted content is not supported with this model."}),
        (400, {"message": "Unknown value.", "param": "include"}),
        (422, {"message": "body -> include -> 0: unexpected value"}),
    ],
)
async def test_a_request_refused_for_encrypted_reasoning_is_resent_without_it(
    status: int, error: dict[str, Any]
) -> None:
    thought = {"type": "reasoning", "id": "rs_1", "summary": []}
    first = Answer([("look_up", "{}")], items=[thought])
    endpoint = ScriptedEndpoint((status, error), first, Answer(text="Done."))
    await run(endpoint, "responses")
    assert [request.get("include") for request in endpoint.requests] == [
        ["reasoning.encrypted_content"],
        None,
        None,
    ]
    assert "rs_1" not in str(endpoint.requests[2])


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_a_request_refused_for_another_reason_is_not_resent(status: int) -> None:
    endpoint = ScriptedEndpoint((status, {"message": "No."}))
    with pytest.raises(openai.APIStatusError):
        await run(endpoint, "responses")
    assert len(endpoint.requests) == 1


async def test_concurrently_refused_requests_are_all_resent() -> None:
    both = asyncio.Barrier(2)
    body = sse(created(), *said(message("Hello."), "Hello."), ended(message("Hello.")))

    async def answer(request: httpx2.Request) -> httpx2.Response:
        if "include" in json.loads(request.content):
            await both.wait()
            return httpx2.Response(400, json={"error": {"param": "include"}})
        headers = {"content-type": body.content_type}
        return httpx2.Response(200, content=body.content, headers=headers)

    agent = Agent[None](name="a", model="m")
    async with create_client("http://model/v1", "any", httpx2.MockTransport(answer)) as client:
        config = create_run_config(one_endpoint(client, use_responses=True))

        async def ask() -> str:
            result = Runner.run_streamed(agent, "Hi", run_config=config)
            async for _ in result.stream_events():
                pass
            return str(result.final_output)

        assert [*await asyncio.gather(ask(), ask())] == ["Hello.", "Hello."]
