"""A streamed model event passes through only one of our async generators."""

from collections.abc import AsyncIterator

import pytest

from tests.hops import running_generators
from tests.unit.chat_api.model_requests.endpoint import (
    COMPLETED,
    CREATED,
    DELTA,
    Endpoint,
    chunk,
    finished,
    sse,
    streamed,
)

PARTS = {
    "responses": [sse(CREATED), *[sse(DELTA)] * 3, sse(COMPLETED)],
    "chat_completions": [
        sse(chunk()),
        *[sse(chunk("Hel"))] * 3,
        sse(chunk(finish="stop")) + b"data: [DONE]\n\n",
    ],
}


@pytest.mark.parametrize("api", PARTS)
async def test_a_streamed_event_passes_through_one_generator_in_the_model_package(
    endpoint: Endpoint, api: str
) -> None:
    seen: list[list[str]] = []

    async def body() -> AsyncIterator[bytes]:
        for part in PARTS[api]:
            seen.append(running_generators("chat_api.model"))
            yield part

    assert (await finished(endpoint.run(streamed(body()), api=api)))[-1] == "response.completed"
    assert [len(each) for each in seen] == [1] * len(PARTS[api]), seen
