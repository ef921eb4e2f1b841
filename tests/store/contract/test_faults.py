"""If any single request fails in any way, nothing is lost and a repeat succeeds."""

import asyncio
import os

import pytest

from chat_api.store.aws_calls import StoreUnavailable
from chatcore.aws import QUICK
from tests.store.contract.backend import PLAIN
from tests.store.contract.engines import Engine, find_dynoxide
from tests.store.contract.fault_proxy import Fault, after, only
from tests.store.contract.fault_trial import FaultFreeRun, StartTrial
from tests.store.contract.operations import READS, WRITES, Operation

every_read = pytest.mark.parametrize("operation", READS.values(), ids=READS)
every_write = pytest.mark.parametrize("operation", WRITES.values(), ids=WRITES)
# The faults that reach the engine, but for HELD, which is not tested here. It is enough to test
# the others on one engine.
OF_THE_ENGINE = {Fault.UNACKNOWLEDGED, Fault.HALF_DONE}


def possible_faults(fault_free: FaultFreeRun, faults: set[Fault]) -> list[tuple[int, Fault]]:
    """Return each request of an operation with each fault that can affect it."""
    return [
        (number, fault)
        for number, request in enumerate(fault_free.requests, 1)
        for fault in Fault
        if fault in faults
        if fault is not Fault.HALF_DONE or request == "BatchWriteItem"
    ]


@pytest.fixture
def faults(engine: Engine) -> set[Fault]:
    """Return the faults to test: all but HELD.

    If dynoxide is there, moto gets only those that reach the engine, unless DEEP=1.
    """
    quick = engine.name == "dynoxide" or not find_dynoxide(os.environ)
    every = set(Fault) - {Fault.HELD}
    return every if quick or "DEEP" in os.environ else OF_THE_ENGINE


@every_read
async def test_a_read_with_a_fault_returns_everything_or_fails_and_succeeds_when_repeated(
    start_trial: StartTrial, faults: set[Fault], operation: Operation
) -> None:
    async with start_trial(operation, PLAIN) as trial:
        fault_free = await trial.run_without_faults()
        for number, fault in possible_faults(fault_free, faults):
            try:
                result = await trial.run(only(number, fault))
            except StoreUnavailable:
                result = await trial.repeat()
            assert result == fault_free.result
        await trial.assert_sees_one_of(fault_free.before)


@every_write
async def test_a_failed_write_succeeds_when_repeated(
    start_trial: StartTrial, faults: set[Fault], operation: Operation
) -> None:
    async with start_trial(operation, PLAIN) as trial:
        fault_free = await trial.run_without_faults()
        for number, fault in possible_faults(fault_free, faults):
            await trial.restore()
            if await trial.fails(only(number, fault)):
                await trial.repeat()
            await trial.assert_sees_one_of(fault_free.after)


@every_write
async def test_an_interrupted_write_is_done_or_not_and_completed_by_a_repeat(
    start_trial: StartTrial, operation: Operation
) -> None:
    async with start_trial(operation, PLAIN) as trial:
        fault_free = await trial.run_without_faults()
        for number in range(len(fault_free.requests)):
            await trial.restore()
            if await trial.fails(after(number)):
                await trial.assert_sees_one_of(fault_free.before, fault_free.after)
                await trial.repeat()
            await trial.assert_sees_one_of(fault_free.after)


async def test_a_read_survives_a_single_fault_in_production(
    start_trial: StartTrial, faults: set[Fault]
) -> None:
    async def run_with_each_fault(operation: Operation) -> None:
        async with start_trial(operation, QUICK) as trial:
            fault_free = await trial.run_without_faults()
            for number, fault in possible_faults(fault_free, faults):
                assert await trial.run(only(number, fault)) == fault_free.result

    # Concurrently, because botocore waits before it repeats a throttled request.
    await asyncio.gather(*(run_with_each_fault(operation) for operation in READS.values()))


async def test_a_write_that_botocore_repeats_after_it_was_done_succeeds(
    start_trial: StartTrial,
) -> None:
    async def run_with_each_fault(operation: Operation) -> None:
        async with start_trial(operation, QUICK) as trial:
            fault_free = await trial.run_without_faults()
            for number, _ in enumerate(fault_free.requests, 1):
                await trial.restore()
                await trial.run(only(number, Fault.UNACKNOWLEDGED))
                await trial.assert_sees_one_of(fault_free.after)

    await asyncio.gather(*(run_with_each_fault(operation) for operation in WRITES.values()))
