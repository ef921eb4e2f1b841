"""The state machine finds each bug of mutants.py, so it would find a similar one."""

import asyncio

import pytest
from hypothesis import Phase, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from chat_api.store import keys
from tests.store.contract.backend import Backend, Clients, new_backend, new_location
from tests.store.contract.clock import Clock
from tests.store.property.machine import machine
from tests.store.property.mutants import MUTANTS, Process

pytestmark = pytest.mark.deep
LONG = 400


def find_a_bug(aws_clients: Clients, runner: asyncio.Runner, process: Process) -> None:
    def two_processes(clock: Clock) -> list[Backend]:
        location = new_location(aws_clients)
        return [process(aws_clients, location, clock) for _ in range(2)]

    # No one reads the failing example, so it need not be shrunk.
    quick = settings(max_examples=200, phases=[Phase.generate])
    # A bug that depends on the order of two concurrent requests may not show a second time.
    with pytest.raises((AssertionError, Flaky)):
        run_state_machine_as_test(machine(runner, two_processes), settings=quick)


@pytest.mark.parametrize("process", MUTANTS.values(), ids=MUTANTS)
def test_the_machine_catches_a_store_with_a_bug(
    aws_clients: Clients, runner: asyncio.Runner, process: Process
) -> None:
    find_a_bug(aws_clients, runner, process)


def test_the_machine_catches_keys_with_unencoded_names(
    aws_clients: Clients, runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded = keys.encoded
    # An id too long for a key would be refused, which would make the bug too easy to find.
    monkeypatch.setattr(keys, "encoded", lambda text: text if len(text) < LONG else encoded(text))
    find_a_bug(aws_clients, runner, new_backend)
