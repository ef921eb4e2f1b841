"""Repeated attempts at one operation whose requests fail as planned."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from botocore.config import Config

from chat_api.store.aws_calls import StoreUnavailable
from tests.store.contract.backend import Backend, Clients, clients, new_backend, request_of
from tests.store.contract.engines import Engine
from tests.store.contract.fault_proxy import FaultProxy, Plan, no_fault
from tests.store.contract.operations import Operation
from tests.store.contract.prepared_conversations import USER, PreparedConversations
from tests.store.contract.visible_state import Visible

type StartTrial = Callable[[Operation, Config], AbstractAsyncContextManager[Trial]]


@dataclass(frozen=True)
class FaultFreeRun:
    """A run of an operation in which nothing fails."""

    before: Visible
    after: Visible
    result: object
    requests: list[str]


@dataclass
class Trial:
    """Attempts on one table and bucket, which hold the same conversation before each attempt.

    The setup before an attempt and the check after it bypass the proxy.
    """

    operation: Operation
    prepared: PreparedConversations
    backend: Backend
    proxied: Clients
    proxy: FaultProxy
    # Whether the operation uses S3, which is slow to inspect.
    bodies: bool = True

    async def run_without_faults(self) -> FaultFreeRun:
        """Run the operation without faults, and restore the conversation afterwards."""
        before = await self.prepared.seen_in(self.backend)
        self.proxy.follow(no_fault)
        result = await self._run(self.proxied)
        requests = [*self.proxy.requests]
        after = await self.prepared.seen_in(self.backend)
        self.bodies = any(request.startswith("S3") for request in requests)
        await self.restore()
        return FaultFreeRun(before, after, result, requests)

    async def restore(self) -> None:
        await self.prepared.restore(self.backend, bodies=self.bodies)

    async def run(self, plan: Plan) -> object:
        """Run the operation under the plan, in a new process and a new request."""
        self.proxy.follow(plan)
        return await self._run(self.proxied)

    async def repeat(self) -> object:
        """Run the operation again without faults, in a new process and a new request."""
        return await self._run(self.backend.clients)

    async def fails(self, plan: Plan) -> bool:
        """Run the operation under the plan, and return whether the store is unavailable."""
        try:
            await self.run(plan)
        except StoreUnavailable:
            return True
        return False

    async def assert_sees_one_of(self, *allowed: Visible) -> None:
        seen = await self.prepared.seen_in(self.backend, bodies=self.bodies)
        seen.assert_is_one_of(allowed)

    async def _run(self, aws_clients: Clients) -> object:
        process = new_backend(aws_clients, self.backend.location, self.backend.clock)
        return await self.operation(process, self.prepared.sample, request_of(USER))


def trial_starter(engine: Engine, prepared: PreparedConversations) -> StartTrial:
    """Return a function that starts trials on an engine, each behind its own proxy."""

    @asynccontextmanager
    async def started(operation: Operation, config: Config) -> AsyncIterator[Trial]:
        proxy = FaultProxy(engine)
        async with proxy.running() as proxied:
            with clients(proxied, config) as made:
                backend = await prepared.conversation()
                yield Trial(operation, prepared, backend, made, proxy)

    return started
