"""A request that is refused because of an optional setting is sent again without it."""

import asyncio
import json
from typing import Any

import httpx2
import openai
import pytest
from agents import Agent, ModelSettings, Runner
from openai.types.shared import Reasoning

from chat_api.model.endpoints import create_client
from chat_api.model.provider import create_run_config
from tests.unit.chat_api.model.endpoint import created, ended, message, said, sse
from tests.unit.chat_api.model.scripted_endpoint import Answer, ScriptedEndpoint
from tests.unit.chat_api.one_endpoint import one_endpoint

SUMMARY = ModelSettings(reasoning=Reasoning(effort="low", summary="auto"))
ENCRYPTED = (400, {"message": "Encrypted content is not supported with this model."})
UNVERIFIED = (
    400,
    {
        "message": "Your organization must be verified to generate reasoning summaries. Please go"
        " to: https://platform.openai.com/settings/organization/general",
        "type": "invalid_request_error",
        "param": "reasoning.summary",
        "code": "unsupported_value",
    },
)


async def run(endpoint: ScriptedEndpoint, times: int = 1) -> None:
    """Run an agent that asks for encrypted reasoning and for summaries, with one provider."""
    agent = Agent[None](name="a", model="m", model_settings=SUMMARY)
    async with endpoint.client() as client:
        config = create_run_config(one_endpoint(client, use_responses=True))
        for _ in range(times):
            result = Runner.run_streamed(agent, "Hi", run_config=config)
            async for _event in result.stream_events():
                pass


def asked_for(request: dict[str, Any]) -> tuple[bool, object]:
    """Return whether a request asks for encrypted reasoning, and its reasoning settings."""
    return bool(request.get("include")), request.get("reasoning")


BOTH = (True, {"effort": "low", "summary": "auto"})


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ENCRYPTED,
        (400, {"message": "Unknown value.", "param": "include"}),
        (422, {"message": "body -> include -> 0: unexpected value"}),
    ],
)
async def test_a_request_refused_for_encrypted_reasoning_is_resent_without_it(
    status: int, error: dict[str, Any]
) -> None:
    endpoint = ScriptedEndpoint((status, error), Answer(text="Hi."), Answer(text="Hi."))
    await run(endpoint, times=2)
    assert [asked_for(request) for request in endpoint.requests] == [
        BOTH,
        (False, BOTH[1]),
        (False, BOTH[1]),
    ]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        UNVERIFIED,
        (400, {"message": "Unsupported parameter: 'reasoning.summary'."}),
        (400, {"message": "Unknown parameter: 'reasoning'."}),
        (422, {"message": "body -> reasoning: Extra inputs are not permitted"}),
    ],
)
async def test_a_request_refused_for_summaries_is_resent_without_them(
    status: int, error: dict[str, Any]
) -> None:
    endpoint = ScriptedEndpoint((status, error), Answer(text="Hi."), Answer(text="Hi."))
    await run(endpoint, times=2)
    assert [asked_for(request) for request in endpoint.requests] == [
        BOTH,
        (True, {"effort": "low"}),
        (True, {"effort": "low"}),
    ]


async def test_an_endpoint_may_refuse_one_setting_after_the_other() -> None:
    endpoint = ScriptedEndpoint(UNVERIFIED, ENCRYPTED, Answer(text="Hi."))
    await run(endpoint)
    assert asked_for(endpoint.requests[-1]) == (False, {"effort": "low"})


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, {"message": "No."}),
        (403, UNVERIFIED[1]),
        (404, UNVERIFIED[1]),
        (400, {"message": "Unsupported parameter: 'reasoning.effort' is not supported."}),
        (400, {"message": "Item of type 'reasoning' was provided without what it led to."}),
        (429, UNVERIFIED[1] | {"code": "insufficient_quota"}),
    ],
)
async def test_a_request_refused_for_another_reason_is_not_resent(
    status: int, error: dict[str, Any]
) -> None:
    endpoint = ScriptedEndpoint((status, error))
    with pytest.raises(openai.APIStatusError):
        await run(endpoint)
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


async def test_a_refusal_that_only_quotes_a_persons_words_is_not_remembered() -> None:
    quoting = (400, {"message": "Invalid input: 'Please include an encrypted summary'"})
    endpoint = ScriptedEndpoint(quoting, quoting, quoting, Answer(text="Hello."))
    async with endpoint.client() as client:
        config = create_run_config(one_endpoint(client, use_responses=True))
        agent = Agent[None](name="a", model="m", model_settings=SUMMARY)

        async def ask() -> None:
            result = Runner.run_streamed(agent, "Hi", run_config=config)
            async for _event in result.stream_events():
                pass

        with pytest.raises(openai.BadRequestError):
            await ask()
        await ask()
    assert asked_for(endpoint.requests[-1]) == BOTH
