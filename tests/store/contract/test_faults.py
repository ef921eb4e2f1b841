"""If any single request fails in any way, nothing is lost and a repeat succeeds."""

import asyncio
import os

import pytest

from chatcore.aws import QUICK
from tests.store.contract.backend import PLAIN
from tests.store.contract.engines import Engine, find_dynoxide
from tests.store.contract.fault_proxy import Fault, after, only
from tests.store.contract.fault_trial import Begin, Course
from tests.store.contract.operations import READS, WRITES, Operation

every_read = pytest.mark.parametrize("operation", READS.values(), ids=READS)
every_write = pytest.mark.parametrize("operation", WRITES.values(), ids=WRITES)


# Only these two reach the engine, so the other faults need one engine only.
OF_THE_ENGINE = {Fault.UNACKNOWLEDGED, Fault.HALF_DONE}


def breakable(course: Course, faults: set[Fault]) -> list[tuple[int, Fault]]:
    """Return each request of an operation with each fault that can affect it."""
    return [
        (number, fault)
        for number, request in enumerate(course.requests, 1)
        for fault in Fault
        if fault in faults
        if fault is not Fault.HALF_DONE or request == "BatchWriteItem"
    ]


@pytest.fixture
def faults(engine: Engine) -> set[Fault]:
    """Return the faults to test: all on the fast engine, or everywhere with DEEP=1."""
    quick = engine.name == "dynoxide" or not find_dynoxide(os.environ)
    every = set(Fault) - {Fault.HELD}
    return every if quick or "DEEP" in os.environ else OF_THE_ENGINE


@every_read
async def test_a_read_that_failed_succeeds_when_repeated(
    begin: Begin, faults: set[Fault], operation: Operation
) -> None:
    async with begin(operation, PLAIN) as trial:
        course = await trial.unhurt()
        await trial.afresh()
        for number, fault in breakable(course, faults):
            if await trial.fails(only(number, fault)):
                assert await trial.repeat() == course.result
        await trial.promises_hold(course.before)


@every_write
async def test_a_write_that_failed_succeeds_when_repeated(
    begin: Begin, faults: set[Fault], operation: Operation
) -> None:
    async with begin(operation, PLAIN) as trial:
        course = await trial.unhurt()
        for number, fault in breakable(course, faults):
            await trial.afresh()
            if await trial.fails(only(number, fault)):
                await trial.repeat()
            await trial.promises_hold(course.after)


@every_write
async def test_a_write_that_was_cut_is_done_or_not_and_is_healed_when_repeated(
    begin: Begin, operation: Operation
) -> None:
    async with begin(operation, PLAIN) as trial:
        course = await trial.unhurt()
        for number in range(len(course.requests)):
            await trial.afresh()
            if await trial.fails(after(number)):
                await trial.promises_hold(course.before, course.after)
                await trial.repeat()
            await trial.promises_hold(course.after)


async def test_a_single_fault_of_a_read_is_not_noticed_in_production(
    begin: Begin, faults: set[Fault]
) -> None:
    async def unnoticed(operation: Operation) -> None:
        async with begin(operation, QUICK) as trial:
            course = await trial.unhurt()
            await trial.afresh()
            for number, fault in breakable(course, faults):
                assert await trial.run(only(number, fault)) == course.result

    # Concurrently, because botocore waits before it repeats a throttled request.
    await asyncio.gather(*(unnoticed(operation) for operation in READS.values()))


async def test_a_write_that_botocore_repeats_after_it_was_done_is_a_success(begin: Begin) -> None:
    async def unnoticed(operation: Operation) -> None:
        async with begin(operation, QUICK) as trial:
            course = await trial.unhurt()
            for number, _ in enumerate(course.requests, 1):
                await trial.afresh()
                await trial.run(only(number, Fault.UNACKNOWLEDGED))
                await trial.promises_hold(course.after)

    await asyncio.gather(*(unnoticed(operation) for operation in WRITES.values()))
