"""Repeated attempts at one operation, whose requests fail as planned."""

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

type Begin = Callable[[Operation, Config], AbstractAsyncContextManager[Trial]]


@dataclass(frozen=True)
class Course:
    """The course of an operation in which nothing fails."""

    before: Visible
    after: Visible
    result: object
    requests: list[str]


@dataclass
class Trial:
    """Attempts in one place, which holds the same conversation before each attempt.

    The setup before an attempt and the check after it bypass the proxy.
    """

    operation: Operation
    prepared: PreparedConversations
    place: Backend
    behind: Clients
    proxy: FaultProxy
    # Whether the operation uses S3, which is slow to inspect.
    bodies: bool = True

    async def run_without_faults(self) -> Course:
        before = await self.prepared.seen_in(self.place)
        self.proxy.follow(no_fault)
        result = await self._run(self.behind)
        requests = [*self.proxy.requests]
        after = await self.prepared.seen_in(self.place)
        self.bodies = any(request.startswith("S3") for request in requests)
        await self.restore()
        return Course(before, after, result, requests)

    async def restore(self) -> None:
        await self.prepared.restore(self.place, bodies=self.bodies)

    async def run(self, plan: Plan) -> object:
        """Run the operation by the plan, in a new process and a new request."""
        self.proxy.follow(plan)
        return await self._run(self.behind)

    async def repeat(self) -> object:
        """Run the operation again without faults."""
        return await self._run(self.place.clients)

    async def fails(self, plan: Plan) -> bool:
        try:
            await self.run(plan)
        except StoreUnavailable:
            return True
        return False

    async def assert_sees_one_of(self, *allowed: Visible) -> None:
        seen = await self.prepared.seen_in(self.place, bodies=self.bodies)
        seen.assert_is_one_of(allowed)

    async def _run(self, used: Clients) -> object:
        process = new_backend(used, self.place.place, self.place.clock)
        return await self.operation(process, self.prepared.sample, request_of(USER))


def trial_starter(engine: Engine, prepared: PreparedConversations) -> Begin:
    """Return a function that starts trials on an engine, each behind its own proxy."""

    @asynccontextmanager
    async def begun(operation: Operation, config: Config) -> AsyncIterator[Trial]:
        proxy = FaultProxy(engine)
        async with proxy.running() as behind:
            with clients(behind, config) as made:
                place = await prepared.conversation()
                yield Trial(operation, prepared, place, made, proxy)

    return begun
