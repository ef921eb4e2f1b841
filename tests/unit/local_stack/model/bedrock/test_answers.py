"""The openai library's own Bedrock client gets answers over both APIs, streamed and not."""

import pytest
from openai import AsyncOpenAI
from openai.providers.bedrock import bedrock

from tests.unit.local_stack.model.bedrock.conftest import (
    KEY,
    MODEL,
    REGION,
    SECRET,
    TOKEN,
    Endpoint,
)

THANKS, WELCOME = "Thanks", "You are welcome!"


async def test_a_response_in_one_piece(endpoint: Endpoint) -> None:
    async with endpoint.client() as client:
        answer = await client.responses.create(model=MODEL, input=THANKS, store=False)
    assert answer.output_text == WELCOME


async def test_a_streamed_response(endpoint: Endpoint) -> None:
    async with endpoint.client() as client:
        stream = await client.responses.create(model=MODEL, input=THANKS, stream=True)
        events = [event async for event in stream]
    said = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert "".join(said) == WELCOME
    assert events[-1].type == "response.completed"


async def test_a_chat_completion_in_one_piece(endpoint: Endpoint) -> None:
    async with endpoint.client() as client:
        answer = await client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": THANKS}]
        )
    assert answer.choices[0].message.content == WELCOME


async def test_a_streamed_chat_completion(endpoint: Endpoint) -> None:
    async with endpoint.client() as client:
        stream = await client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": THANKS}], stream=True
        )
        chunks = [chunk async for chunk in stream]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == WELCOME
    assert chunks[-1].choices[0].finish_reason == "stop"


async def test_the_assistant_calls_tools(endpoint: Endpoint) -> None:
    async with endpoint.client() as client:
        answer = await client.responses.create(
            model=MODEL,
            input="What is on my list?",
            tools=[
                {
                    "type": "function",
                    "name": "list_tasks",
                    "parameters": {"type": "object", "properties": {}},
                    "strict": False,
                }
            ],
        )
    assert [item.type for item in answer.output] == ["function_call"]


async def test_the_default_credentials_are_those_of_the_environment(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    monkeypatch.setenv("AWS_BEDROCK_BASE_URL", f"{endpoint.address}/openai/v1")
    provider = bedrock(endpoint="runtime", region=REGION, api_key=None)
    async with AsyncOpenAI(provider=provider, max_retries=0) as client:
        answer = await client.responses.create(model=MODEL, input=THANKS)
    assert answer.output_text == WELCOME


async def test_the_mantle_endpoint_has_a_service_name_of_its_own(endpoint: Endpoint) -> None:
    endpoint.account.services = ("bedrock-mantle",)
    async with endpoint.client(endpoint="mantle") as client:
        answer = await client.responses.create(model=MODEL, input=THANKS)
    assert answer.output_text == WELCOME


async def test_every_answer_has_aws_request_id(endpoint: Endpoint) -> None:
    async with endpoint.client() as client:
        answer = await client.responses.with_raw_response.create(model=MODEL, input=THANKS)
    assert answer.headers["x-amzn-requestid"]
