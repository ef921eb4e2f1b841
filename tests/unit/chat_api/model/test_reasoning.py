"""Reasoning goes back, with its content, to the model that wrote it and to no other."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import openai
import pytest
from agents import Agent, Runner, function_tool

from chat_api.model.model_config import ModelConfig
from chat_api.model.provider import create_run_config
from chat_api.model.reasoning_replay import ReasoningReplay
from tests.unit.chat_api.model.scripted_endpoint import Answer, ScriptedEndpoint
from tests.unit.chat_api.one_endpoint import one_endpoint

# Runs an agent with a model on some input, and returns the whole history.
type Run = Callable[..., Awaitable[list[Any]]]

APIS = ("responses", "chat_completions")


@function_tool
def look_up() -> str:
    """Look something up."""
    return "found"


@asynccontextmanager
async def runs(endpoint: ScriptedEndpoint, api: str) -> AsyncIterator[Run]:
    """Yield a function that runs agents with one provider, to the end or to the first tool call."""
    async with endpoint.client() as client:
        config = create_run_config(one_endpoint(client, use_responses=api == "responses"))

        async def run(model: str, given: Any = "Hi", *, one_step: bool = False) -> list[Any]:
            agent = Agent[None](
                name="a",
                model=model,
                tools=[look_up],
                tool_use_behavior="stop_on_first_tool" if one_step else "run_llm_again",
            )
            result = Runner.run_streamed(agent, given, run_config=config)
            async for _ in result.stream_events():
                pass
            return list(result.to_input_list())

        yield run


ENCRYPTED = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "encrypted"}


def call(**delta: Any) -> Answer:
    """Return an answer with a call that follows reasoning, for either API."""
    return Answer([("look_up", "{}")], items=[ENCRYPTED], delta=delta)


def thoughts(request: dict[str, Any]) -> list[Any]:
    """Return all reasoning in a request for either API."""
    if "input" in request:
        return [item for item in request["input"] if item.get("type") == "reasoning"]
    fields = ("reasoning_content", "reasoning")
    return [each[name] for each in request["messages"] for name in fields if name in each]


REASONING = [
    "gpt-5.6-x",
    "gpt-6-x",
    "openai.gpt-oss-120b-1:0",
    "openai.gpt-6-x",
    "o3",
    "o5-mini",
    "ft:gpt-6-mini-2027-01-01:acme::B1",
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
    async with runs(endpoint, "responses") as run:
        await run(model)
    first, second = endpoint.requests
    asked = "reasoning.encrypted_content" in first.get("include", [])
    assert asked is (model in REASONING)
    assert first["store"] is False
    assert thoughts(second) == ([sent] if content else [])
    assert [item for item in second["input"] if "id" in item] == []


@pytest.mark.parametrize("first_api", APIS)
@pytest.mark.parametrize("second_api", APIS)
async def test_the_second_model_of_a_turn_gets_no_reasoning_of_the_first(
    first_api: str, second_api: str
) -> None:
    first = ScriptedEndpoint(call(reasoning_content="Hm.", reasoning="Hm."))
    second = ScriptedEndpoint(call(reasoning_content="Oh."), Answer(text="Done."))
    async with runs(first, first_api) as run_first, runs(second, second_api) as run_second:
        history = await run_first("deepseek-v4", one_step=True)
        await run_second("kimi-k2.5", history)
    before, after = map(thoughts, second.requests)
    if second_api == "responses":
        assert before == []
        assert after == [{key: ENCRYPTED[key] for key in ENCRYPTED if key != "id"}]
    else:
        # The model refuses a call without any reasoning.
        assert before == [" "]
        assert after == [" ", "Oh."]


DEMANDING = ["kimi-k2.5", "deepseek-v4", "moonshotai/Kimi-K3", "mimo-v2.5-pro"]
OTHERS = ["gpt-6-x", "qwen3-max", "glm-5", "our-own-model", "mimosa"]


@pytest.mark.parametrize("model", [*DEMANDING, *OTHERS])
async def test_reasoning_content_goes_back_to_models_that_demand_it(model: str) -> None:
    answers = call(reasoning_content="Hm."), Answer(text="Done."), Answer(text="Yes.")
    endpoint = ScriptedEndpoint(*answers)
    async with runs(endpoint, "chat_completions") as run:
        history = await run(model)
        await run(model, [*history, {"role": "user", "content": "Sure?"}])
    _, within, after = endpoint.requests
    expected = ["Hm."] if model in DEMANDING else []
    assert thoughts(within) == expected
    assert thoughts(after) == expected


async def test_the_field_reasoning_goes_back_to_its_model() -> None:
    endpoint = ScriptedEndpoint(call(reasoning="Hm."), Answer(text="Done."))
    async with runs(endpoint, "chat_completions") as run:
        await run("gpt-oss-120b")
    assert endpoint.requests[1]["messages"][1]["reasoning"] == "Hm."


MISSING = [
    "thinking is enabled but reasoning_content is missing in assistant tool call message at"
    " index 2",
    "Missing `reasoning_content` field in the assistant message at message index 1.",
    "The `reasoning_content` in the thinking mode must be passed back to the API.",
    "messages[51]: assistant message with tool_calls must include reasoning_content.",
]
UNWANTED = [
    "'messages.1' : for 'role:assistant' the following must be satisfied[('messages.1' : property"
    " 'reasoning_content' is unsupported)]",
    "messages.2.assistant.reasoning_content: property 'messages.2.assistant.reasoning_content' is"
    " unsupported",
    "body.messages.1.assistant.reasoning_content: Extra inputs are not permitted",
    'Unknown name "reasoning_content" at messages[1]: Cannot find field.',
    "The reasoning_content must not be in the input messages.",
]


def refused(message: str, status: int = 400) -> tuple[int, dict[str, Any]]:
    return status, {"message": message, "type": "invalid_request_error"}


@pytest.mark.parametrize("message", MISSING)
@pytest.mark.parametrize("status", [400, 422])
async def test_an_endpoint_that_misses_reasoning_content_gets_it_from_then_on(
    message: str, status: int
) -> None:
    endpoint = ScriptedEndpoint(
        call(reasoning_content="Hm."),
        refused(message, status),
        *[call(reasoning_content="Hm."), Answer(text="Done.")] * 2,
    )
    async with runs(endpoint, "chat_completions") as run:
        history = await run("our-own-model")
        await run("our-own-model", [*history, {"role": "user", "content": "Again"}])
    counts = [len(thoughts(request)) for request in endpoint.requests]
    assert counts == [0, 0, 1, 2, 2, 3]


@pytest.mark.parametrize("message", UNWANTED)
async def test_an_endpoint_that_refuses_reasoning_content_gets_none_from_then_on(
    message: str,
) -> None:
    endpoint = ScriptedEndpoint(
        call(reasoning_content="Hm."),
        refused(message),
        *[call(reasoning_content="Hm."), Answer(text="Done.")] * 2,
    )
    async with runs(endpoint, "chat_completions") as run:
        history = await run("deepseek-r1")
        await run("deepseek-r1", [*history, {"role": "user", "content": "Again"}])
    counts = [len(thoughts(request)) for request in endpoint.requests]
    assert counts == [0, 1, 0, 0, 0, 0]


async def test_an_endpoint_that_refuses_the_field_reasoning_gets_none() -> None:
    endpoint = ScriptedEndpoint(
        call(reasoning="Hm."),
        refused("property 'reasoning' is unsupported"),
        Answer(text="Done."),
    )
    async with runs(endpoint, "chat_completions") as run:
        await run("gpt-oss-120b")
    assert [len(thoughts(request)) for request in endpoint.requests] == [0, 1, 0]


async def test_a_request_refused_with_and_without_reasoning_content_is_not_sent_a_third_time() -> (
    None
):
    endpoint = ScriptedEndpoint(
        call(reasoning_content="Hm."), refused(MISSING[0]), refused(UNWANTED[0])
    )
    async with runs(endpoint, "chat_completions") as run:
        with pytest.raises(openai.BadRequestError):
            await run("our-own-model")
    assert len(endpoint.requests) == 3


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "Unsupported parameter: 'reasoning_effort'."),
        (400, "This model does not support reasoning."),
        (400, "Bad request."),
        (403, MISSING[0]),
    ],
)
async def test_a_refusal_of_something_else_is_not_resent(status: int, message: str) -> None:
    endpoint = ScriptedEndpoint(call(reasoning_content="Hm."), refused(message, status))
    async with runs(endpoint, "chat_completions") as run:
        with pytest.raises(openai.APIStatusError):
            await run("our-own-model")
    assert len(endpoint.requests) == 2


def test_a_models_configuration_counts_more_than_its_name() -> None:
    kimi = ModelConfig(name="fast", model="kimi-k3", replay_reasoning=False)
    own = ModelConfig(name="fast", model="our-own-model", replay_reasoning=True)
    assert ReasoningReplay(kimi, {}).decision is False
    assert ReasoningReplay(own, {}).decision is True


def test_what_an_endpoint_refused_counts_more_than_a_models_configuration() -> None:
    config = ModelConfig(name="kimi", replay_reasoning=True)
    assert ReasoningReplay(config, {"kimi": False}).decision is False
    assert ReasoningReplay(config, {"another": False}).decision is True
