"""One operation, again and again, its requests failing as planned."""

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
from tests.store.contract.prepared_conversations import USER, Laboratory
from tests.store.contract.visible_state import Visible

type Begin = Callable[[Operation, Config], AbstractAsyncContextManager[Trial]]


@dataclass(frozen=True)
class Course:
    """How an operation goes when nothing fails."""

    before: Visible
    after: Visible
    result: object
    requests: list[str]


@dataclass
class Trial:
    """Attempts in one place, which holds the same conversation before each.

    What is written before, and what is seen after, does not pass the proxy.
    """

    operation: Operation
    laboratory: Laboratory
    place: Backend
    behind: Clients
    proxy: FaultProxy
    # Whether the operation has to do with S3, which is slow to look into.
    bodies: bool = True

    async def unhurt(self) -> Course:
        before = await self.laboratory.seen_in(self.place)
        self.proxy.follow(no_fault)
        result = await self._run(self.behind)
        requests = [*self.proxy.requests]
        after = await self.laboratory.seen_in(self.place)
        self.bodies = any(request.startswith("S3") for request in requests)
        await self.afresh()
        return Course(before, after, result, requests)

    async def afresh(self) -> None:
        await self.laboratory.restore(self.place, bodies=self.bodies)

    async def run(self, plan: Plan) -> object:
        """By a new process, as a new request."""
        self.proxy.follow(plan)
        return await self._run(self.behind)

    async def repeat(self) -> object:
        """The same, when nothing fails any more."""
        return await self._run(self.place.clients)

    async def fails(self, plan: Plan) -> bool:
        try:
            await self.run(plan)
        except StoreUnavailable:
            return True
        return False

    async def promises_hold(self, *allowed: Visible) -> None:
        seen = await self.laboratory.seen_in(self.place, bodies=self.bodies)
        seen.is_one_of(allowed)

    async def _run(self, used: Clients) -> object:
        process = new_backend(used, self.place.place, self.place.clock)
        return await self.operation(process, self.laboratory.told, request_of(USER))


def beginning(engine: Engine, laboratory: Laboratory) -> Begin:
    """Trials of operations on an engine, each behind a proxy of its own."""

    @asynccontextmanager
    async def begun(operation: Operation, config: Config) -> AsyncIterator[Trial]:
        proxy = FaultProxy(engine)
        async with proxy.running() as behind:
            with clients(behind, config) as made:
                place = await laboratory.conversation()
                yield Trial(operation, laboratory, place, made, proxy)

    return begun
