"""The state that the machine's rules share: users, ids, the clock and the model."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from chatkit.store import NotFoundError
from chatkit.types import AssistantMessageContent, AssistantMessageItem
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from chat_api.request_context import RequestContext
from chatcore.gate.gate import Gate
from chatcore.gate.limits import Limits
from chatcore.gate.table import GateTable
from tests.store.contract.backend import Backend, request_of
from tests.store.contract.clock import Clock
from tests.store.contract.user_store import Caller
from tests.store.property.ids import EPOCH_ID
from tests.store.property.model import Item, Kept, Order, User

type NewProcesses = Callable[[Clock], list[Backend]]

# The second user's name looks like a key of the first.
USERS = ["a", "a#thread#b"]
users = st.sampled_from(USERS)
picks = st.integers(0, 5)
# Favor the first thread, so that operations often collide in it.
threads = st.sampled_from([0, 0, 0, 1, 2])


class SharedState(RuleBasedStateMachine):
    """The processes under test, and the model that they must match.

    `make` returns the processes.
    """

    def __init__(self, runner: asyncio.Runner, make: NewProcesses) -> None:
        super().__init__()
        self._runner = runner
        self.clock = Clock()
        self.processes = make(self.clock)
        # The gate's keys have the same types, so its rows can share the table.
        first = self.processes[0]
        gates = GateTable(lambda: first.clients.dynamodb, first.location.table)
        self.gate = Gate(gates, Limits(), now=self.clock)
        self.model = {user: User() for user in USERS}
        self.orders: dict[tuple[str, ...], Order] = {}
        self.requests: dict[str, tuple[Backend, RequestContext]] = {}
        self.thread_ids: list[str] = []
        self.item_ids: list[str] = []
        # When each id was created. An id that was not minted gets an arbitrary time.
        self.times: dict[str, datetime] = {}
        for user in USERS:
            self.begin_request(user, 0)

    @property
    def now(self) -> float:
        return self.clock()

    def process(self, pick: int) -> Backend:
        return self.processes[pick % len(self.processes)]

    def begin_request(self, user: str, process: int) -> None:
        self.requests[user] = self.process(process), request_of(user)

    def begin_requests(self) -> None:
        for user in USERS:
            self.begin_request(user, 0)

    def caller(self, user: str) -> Caller[RequestContext]:
        backend, context = self.requests[user]
        return Caller(backend.store, lambda: context, self.clock.date)

    def do[T](self, doing: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await doing

        return self._runner.run(awaited())

    def outcome[T](self, doing: Awaitable[T]) -> T | NotFoundError | ValueError:
        """Return the result, or an error that a store may raise."""
        try:
            return self.do(doing)
        except (NotFoundError, ValueError) as error:
            return error

    def thread_id(self, pick: int) -> str:
        return self.thread_ids[pick % len(self.thread_ids)]

    def item_id(self, pick: int) -> str:
        return self.item_ids[pick % len(self.item_ids)]

    def order(self, *listing: str) -> Order:
        """Return the order of a listing: (user,) for threads, (user, thread id) for items."""
        return self.orders.setdefault(listing, Order())

    def add_to_order(self, id: str, *listing: str) -> None:
        # The store takes the time of a minted id from the id, and this one is from 1970.
        milliseconds = 0 if id == EPOCH_ID else round(self.times[id].timestamp() * 1000)
        self.order(*listing).add(id, milliseconds)

    def message(self, user: str, thread_id: str, item_id: str, text: str) -> AssistantMessageItem:
        """Return a message whose text occurs in no other item."""
        positions = self.thread_ids.index(thread_id), self.item_ids.index(item_id)
        return AssistantMessageItem(
            id=item_id,
            thread_id=thread_id,
            created_at=self.times[item_id],
            content=[AssistantMessageContent(text=f"{text} {user} {positions}")],
        )

    def kept(self, user: str, thread_id: str) -> dict[str, Kept[Item]]:
        return self.model[user].items.setdefault(thread_id, {})
