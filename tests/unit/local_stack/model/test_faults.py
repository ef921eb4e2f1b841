"""The faults that the model shows on request, as OpenAI's own client sees them."""

import openai
import pytest
from openai import AsyncOpenAI

from local_stack.model.faults import REFUSALS

NOTHING: dict[str, object] = {"type": "object", "properties": {}}


async def ask(client: AsyncOpenAI, api: str, text: str) -> list[str]:
    """Return the types of the events, or the finish reasons of the chunks, of an answer."""
    if api == "responses":
        answer = await client.responses.create(
            model="any",
            input=text,
            stream=True,
            tools=[{"type": "function", "name": "f", "parameters": NOTHING, "strict": False}],
        )
        return [event.type async for event in answer]
    chunks = await client.chat.completions.create(
        model="any",
        messages=[{"role": "user", "content": text}],
        stream=True,
        tools=[{"type": "function", "function": {"name": "f", "parameters": NOTHING}}],
    )
    return [str(chunk.choices[0].finish_reason) async for chunk in chunks]


@pytest.mark.parametrize("api", ["responses", "chat_completions"])
@pytest.mark.parametrize("code", REFUSALS)
async def test_a_refusal_has_its_status_and_code_and_is_not_retried(
    client: AsyncOpenAI, api: str, code: str
) -> None:
    with pytest.raises(openai.APIStatusError) as refused:
        await ask(client.with_options(max_retries=2), api, f"Fail with {code}")
    assert (refused.value.status_code, refused.value.code) == (REFUSALS[code].status, code)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("rate_limit_exceeded", "requests"),
        ("insufficient_quota", "insufficient_quota"),
        ("server_error", "server_error"),
        ("model_not_found", "invalid_request_error"),
    ],
)
async def test_a_refusal_has_openais_error_type(client: AsyncOpenAI, code: str, kind: str) -> None:
    with pytest.raises(openai.APIStatusError) as refused:
        await ask(client, "responses", f"Fail with {code}")
    assert refused.value.type == kind


@pytest.mark.parametrize("api", ["responses", "chat_completions"])
async def test_a_broken_answer_ends_in_the_middle(client: AsyncOpenAI, api: str) -> None:
    with pytest.raises(openai.APIConnectionError):
        await ask(client, api, "Please fail with a broken answer")


@pytest.mark.parametrize(
    ("api", "end"), [("responses", "response.completed"), ("chat_completions", "tool_calls")]
)
async def test_endless_calls_never_become_text(client: AsyncOpenAI, api: str, end: str) -> None:
    assert (await ask(client, api, "Fail with endless calls"))[-1] == end
    assert (await ask(client, api, "fail with endless calls."))[-1] == end


@pytest.mark.parametrize("text", ["Add a task to fail with server_error", "Fail with grace"])
async def test_other_sentences_do_not_fail(client: AsyncOpenAI, text: str) -> None:
    assert (await ask(client, "responses", text))[-1] == "response.completed"
