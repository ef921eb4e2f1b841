"""Every test's requests to a model are checked by the rules of the strictest endpoints."""

from collections.abc import Awaitable, Callable

import httpx2
import openai
import pytest

from tests.strict_requests import take_violations

ENDPOINT = httpx2.MockTransport(lambda _request: httpx2.Response(400, json={}))


async def over_responses(client: openai.AsyncOpenAI) -> object:
    return await client.responses.create(model="m", input=" ")


async def over_chat_completions(client: openai.AsyncOpenAI) -> object:
    return await client.chat.completions.create(model="m", messages=[])


@pytest.mark.parametrize(
    ("send", "violation"),
    [
        (over_responses, "input: blank text"),
        (over_chat_completions, "messages: none"),
    ],
)
async def test_a_violation_in_a_request_of_any_client_is_found(
    send: Callable[[openai.AsyncOpenAI], Awaitable[object]], violation: str
) -> None:
    http = httpx2.AsyncClient(transport=ENDPOINT)
    async with openai.AsyncOpenAI(
        api_key="any", base_url="http://model/v1", http_client=http, max_retries=0
    ) as client:
        with pytest.raises(openai.BadRequestError):
            await send(client)
    assert take_violations() == [violation]
