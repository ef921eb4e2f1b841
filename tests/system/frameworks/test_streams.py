"""The streams of each framework, and its work after a response."""

from collections.abc import Mapping

import pytest

from tests.system.frameworks.clients import Lambda, Request
from tests.system.frameworks.conftest import FRAMEWORKS
from tests.unit.lambda_stream.conftest import Gates

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.deep]


@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_the_first_chunk_is_sent_before_the_next_is_created(
    lambdas: Mapping[str, Lambda], gates: Gates, framework: str
) -> None:
    gate = f"{framework}-stream"
    reply = await lambdas[framework].begin(Request(f"/stream?wait={gate}"))
    assert (await reply.prelude())["statusCode"] == 200
    assert await reply.until(b";") == b"one"
    await gates.reached(gate)
    gates.open(gate)
    assert await reply.rest() == b"two;"
    assert reply.answer.error is None


@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_work_after_a_response_belongs_to_its_invocation(
    lambdas: Mapping[str, Lambda], gates: Gates, framework: str
) -> None:
    gate = f"{framework}-background"
    application = lambdas[framework]
    reply = await application.begin(Request(f"/background?wait={gate}"))
    assert await reply.body() == b"done"
    await gates.reached(gate)
    assert not application.function.api.idle
    gates.open(gate)
    await application.function.polled()
