"""The queue of invocations of one function process, which runs one at a time."""

import asyncio
import time
from dataclasses import dataclass, field

from local_stack.lambda_.answer import Answer, FunctionError


@dataclass(frozen=True, eq=False)
class Invocation:
    """An event, its deadline in milliseconds since the epoch, and its answer."""

    request_id: str
    payload: bytes
    deadline_ms: int
    function_arn: str
    trace_id: str
    answer: Answer = field(default_factory=Answer)

    def fail(self, error_type: str, reason: str) -> None:
        """End the answer, unless it has ended, with an error like Lambda's own."""
        self.answer.end(
            FunctionError.of(error_type, f"RequestId: {self.request_id} Error: {reason}")
        )


class Invocations:
    """The queue. `current` is the invocation that the process took last and may still work on."""

    def __init__(self) -> None:
        self.current: Invocation | None = None
        self.polling = asyncio.Event()
        self._waiting: asyncio.Queue[Invocation] = asyncio.Queue()
        self._open: set[Invocation] = set()

    def add(self, invocation: Invocation) -> None:
        """Queue an invocation; at its deadline it ends with Sandbox.Timedout, running or not."""
        seconds = max(0.0, invocation.deadline_ms / 1000 - time.time())
        reason = f"Task timed out after {seconds:.2f} seconds"
        loop = asyncio.get_running_loop()
        timer = loop.call_later(seconds, invocation.fail, "Sandbox.Timedout", reason)
        self._open.add(invocation)

        def forget(_: object) -> None:
            timer.cancel()
            self._open.discard(invocation)

        invocation.answer.ended.add_done_callback(forget)
        self._waiting.put_nowait(invocation)

    async def take(self) -> Invocation:
        """Wait for the next invocation. A process that asks for it is done with the current one."""
        if self.current is not None:
            self.current.fail("Runtime.TruncatedResponse", "Response was not sent to its end")
            self.current = None
        self.polling.set()
        while (invocation := await self._waiting.get()).answer.ended.done():
            pass
        self.polling.clear()
        self.current = invocation
        return invocation

    def fail_all(self, error_type: str, reason: str) -> None:
        for invocation in list(self._open):
            invocation.fail(error_type, reason)

    def end_all(self, error: FunctionError) -> None:
        for invocation in list(self._open):
            invocation.answer.end(error)
