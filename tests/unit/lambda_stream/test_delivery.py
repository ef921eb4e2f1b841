"""A complete response that the Runtime API has not accepted yet."""

import asyncio

from lambda_stream.asgi import Receive, Scope, Send
from lambda_stream.deadline import Deadline
from lambda_stream.error_report import ErrorReport
from lambda_stream.http.cycle import HttpCycle
from lambda_stream.http.prelude import Headers
from lambda_stream.invocation import serve
from tests.loop_clock import LoopClock


class DelayedResponse:
    """A fake response that is delivered once `may_be_delivered` is set."""

    def __init__(self) -> None:
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.may_be_delivered = asyncio.Event()
        self.delivered = False

    async def start(self, status: int, headers: Headers) -> None: ...

    def write(self, data: bytes) -> None: ...

    def end(self) -> None: ...

    async def drain(self) -> None: ...

    async def fail(self, report: ErrorReport) -> None: ...

    async def settle(self) -> None:
        await self.may_be_delivered.wait()
        self.delivered = True


async def test_a_deadline_that_cancels_the_work_does_not_cut_off_the_delivery(
    loop_clock: LoopClock,
) -> None:
    begun = loop_clock()
    response = DelayedResponse()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"all"})
        loop_clock.skip(100)
        try:
            await asyncio.Event().wait()
        finally:
            response.may_be_delivered.set()

    cycle = HttpCycle("POST", b"", response)
    deadline = Deadline(cancel_at=begun + 100, give_up_at=begun + 200, end=begun + 300)
    await serve(app, {}, cycle, deadline, request_id="r", leftover_seconds=10)
    assert response.delivered
