"""While a request is under way the event loop goes on, and a write is never left half-way."""

import asyncio
import time
from contextlib import suppress

import pytest
from botocore.config import Config

from chat_api.store.table import StoreUnavailable
from tests.contract.backend import PLAIN, Place, clients, new_backend, request_of
from tests.contract.clock import Clock
from tests.contract.conversation import Conversation
from tests.contract.engines import Engine
from tests.contract.fault_proxy import Fault, FaultProxy, only
from tests.contract.operations import OPERATIONS, WRITES, Operation
from tests.contract.trial import Begin

NOWHERE = Engine("none", "http://127.0.0.1:1", "http://127.0.0.1:1")
# Long enough to tell a loop that is held up from one that only has much to do.
PATIENT = PLAIN.merge(Config(read_timeout=0.5))
# Of one request and of several, of every kind.
CANCELLED = [
    "add",
    "add_imported",
    "add_big",
    "delete_items_after",
    "delete_thread",
    "save_feedback",
]


class Heartbeat:
    """Beats as often as the event loop lets it; `longest` is the longest gap, in seconds."""

    longest = 0.0

    async def beat(self) -> None:
        last = time.monotonic()
        while True:
            await asyncio.sleep(0.001)
            now = time.monotonic()
            self.longest, last = max(self.longest, now - last), now


async def test_no_operation_blocks_the_event_loop() -> None:
    clock, heart = Clock(), Heartbeat()
    told, proxy = Conversation(clock), FaultProxy(NOWHERE)
    proxy.follow(lambda number: Fault.SILENT)
    async with proxy.running() as behind:
        with clients(behind, PATIENT) as made:
            stalled = new_backend(made, Place(made, "table", "bucket", has_bucket=True), clock)

            async def stall(operation: Operation) -> float:
                began = time.monotonic()
                with suppress(StoreUnavailable):
                    await operation(stalled, told, request_of("alice"))
                return time.monotonic() - began

            beating = asyncio.create_task(heart.beat())
            stalls = await asyncio.gather(*(stall(each) for each in OPERATIONS.values()))
            beating.cancel()
    assert heart.longest < min(stalls) / 2


@pytest.mark.parametrize("operation", [WRITES[name] for name in CANCELLED], ids=CANCELLED)
async def test_a_write_runs_to_its_end_although_its_caller_is_cancelled(
    begin: Begin, operation: Operation
) -> None:
    async with begin(operation, PLAIN) as trial:
        course = await trial.unhurt()
        await trial.afresh()
        writing = asyncio.create_task(trial.run(only(1, Fault.HELD)))
        await trial.proxy.holding.wait()
        writing.cancel()
        await asyncio.sleep(0)
        assert not writing.done()
        trial.proxy.released.set()
        with pytest.raises(asyncio.CancelledError):
            await writing
        await trial.promises_hold(course.after)
