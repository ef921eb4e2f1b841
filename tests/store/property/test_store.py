"""The store behaves like a dict for any sequence of operations by two users."""

import asyncio

from hypothesis.stateful import run_state_machine_as_test

from tests.store.contract.backend import Backend, Clients, new_backend, new_place
from tests.store.contract.clock import Clock
from tests.store.property.machine import machine


def test_the_store_behaves_like_the_model(used: Clients, runner: asyncio.Runner) -> None:
    def two_processes(clock: Clock) -> list[Backend]:
        place = new_place(used)
        return [new_backend(used, place, clock) for _ in range(2)]

    run_state_machine_as_test(machine(runner, two_processes))
