"""The store behaves like its model for random sequences of operations by two users."""

import asyncio

from hypothesis.stateful import run_state_machine_as_test

from tests.store.contract.backend import Backend, Clients, new_backend, new_location
from tests.store.contract.clock import Clock
from tests.store.property.machine import machine


def test_the_store_behaves_like_the_model(aws_clients: Clients, runner: asyncio.Runner) -> None:
    def two_processes(clock: Clock) -> list[Backend]:
        location = new_location(aws_clients)
        return [new_backend(aws_clients, location, clock) for _ in range(2)]

    run_state_machine_as_test(machine(runner, two_processes))
