"""Requests do not block the event loop, and canceled writes still finish."""

import asyncio

import pytest
from botocore.exceptions import ClientError

from chat_api.store.aws_calls import StoreUnavailable
from tests.store.contract.backend import PLAIN, Location, clients, new_backend, request_of
from tests.store.contract.clock import Clock
from tests.store.contract.conversation import Conversation
from tests.store.contract.engines import Engine
from tests.store.contract.fault_proxy import Fault, FaultProxy, only
from tests.store.contract.fault_trial import StartTrial
from tests.store.contract.operations import OPERATIONS, WRITES, Operation

# Operations with one request and with several, of every kind.
CANCELED = [
    "add",
    "add_imported",
    "add_big",
    "take_back",
    "delete_thread",
    "save_feedback",
]


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
async def test_no_operation_blocks_the_event_loop(moto_address: str, operation: Operation) -> None:
    clock = Clock()
    sample, proxy = Conversation(clock), FaultProxy(Engine("moto", moto_address, moto_address))
    proxy.follow(only(1, Fault.HELD))
    async with proxy.running() as proxied:
        with clients(proxied) as made:
            nowhere = Location(made, "no-table", "no-bucket", has_bucket=True)
            running = asyncio.ensure_future(
                operation(new_backend(made, nowhere, clock), sample, request_of("alice"))
            )
            # The proxy runs in this loop: it receives a request only if the loop is not blocked.
            await proxy.holding.wait()
            assert not running.done()
            proxy.released.set()
            # Neither the table nor the bucket exists.
            with pytest.raises((ClientError, StoreUnavailable)):
                await running


@pytest.mark.parametrize("operation", [WRITES[name] for name in CANCELED], ids=CANCELED)
async def test_a_write_finishes_even_if_its_caller_is_canceled(
    start_trial: StartTrial, operation: Operation
) -> None:
    async with start_trial(operation, PLAIN) as trial:
        fault_free = await trial.run_without_faults()
        writing = asyncio.create_task(trial.run(only(1, Fault.HELD)))
        await trial.proxy.holding.wait()
        writing.cancel()
        await asyncio.sleep(0)
        assert not writing.done()
        trial.proxy.released.set()
        with pytest.raises(asyncio.CancelledError):
            await writing
        await trial.assert_sees_one_of(fault_free.after)
