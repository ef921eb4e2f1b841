"""Server-sent events from sse-starlette."""

from collections.abc import Mapping

import pytest

from tests.system.frameworks.clients import Lambda, Request, Uvicorn
from tests.unit.lambda_stream.conftest import Gates

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.deep]


async def test_an_event_is_sent_before_the_next_is_created(
    lambdas: Mapping[str, Lambda], gates: Gates
) -> None:
    reply = await lambdas["sse"].begin(Request("/stream?wait=sse"))
    assert (await reply.prelude())["headers"]["content-type"].startswith("text/event-stream")
    assert await reply.until(b"\r\n\r\n") == b"data: one;"
    gates.open("sse")
    assert await reply.rest() == b"event: last\r\ndata: two;\r\n\r\n"
    assert reply.answer.error is None


async def test_the_endless_task_is_canceled_after_each_request(
    lambdas: Mapping[str, Lambda], gates: Gates
) -> None:
    application = lambdas["sse"]
    gates.open("sse-watched")
    for _ in range(2):
        await application.function.polled()
        before = len(application.function.log())
        await application.ask(Request("/stream?wait=sse-watched"))
        await application.function.polled()
        (line,) = application.function.log()[before:]
        assert line["message"] == "tasks that a request left behind were canceled"
        (task,) = line["tasks"]
        assert task.endswith(": _shutdown_watcher")


async def test_an_error_within_the_stream_is_an_incomplete_answer_as_under_uvicorn(
    lambdas: Mapping[str, Lambda], uvicorns: Mapping[str, Uvicorn]
) -> None:
    expected = await uvicorns["sse"].ask(Request("/broken-stream"))
    answer = await lambdas["sse"].ask(Request("/broken-stream"))
    assert answer == expected
    assert (answer.body, answer.whole) == (b"data: one;\r\n\r\n", False)
