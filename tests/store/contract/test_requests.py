"""How many requests each operation makes. A turn does not cost more in a longer thread."""

from itertools import batched
from typing import Any, cast

import pytest
from chatkit.types import ThreadMetadata

from chat_api.store.blobs import Blobs
from chat_api.store.dynamo import DynamoStore
from chat_api.store.retention import Retention
from chat_api.store.table import ThreadsTable
from chatcore.ids import TimeOrderedIds
from tests.store.contract.backend import (
    PLAIN,
    RETENTION_DAYS,
    Backend,
    clients,
    new_backend,
    request_of,
)
from tests.store.contract.conversation import Conversation
from tests.store.contract.engines import Engine
from tests.store.contract.fault_proxy import FaultProxy, no_fault
from tests.store.contract.fault_trial import StartTrial
from tests.store.contract.operations import OPERATIONS
from tests.store.contract.user_store import Caller, Order


class RowCollector:
    """A DynamoDB client whose put_item only collects the rows."""

    def __init__(self) -> None:
        self.rows: list[Any] = []

    def put_item(self, *, Item: Any, **_arguments: Any) -> Any:
        self.rows.append(Item)
        return {}


async def fill(backend: Backend, thread: ThreadMetadata, items: int) -> None:
    """Add this many items to a thread, 25 in each request."""
    collector = RowCollector()
    table = ThreadsTable(lambda: cast("Any", collector), backend.location.table)
    ids = TimeOrderedIds(backend.clock.milliseconds)
    blobs = Blobs(lambda: backend.s3, backend.location.bucket)
    store = DynamoStore(table, blobs, Retention(RETENTION_DAYS, backend.clock), ids)
    writer = Caller(store, lambda: request_of("alice"), backend.clock.date)
    await writer.say(thread, *map(str, range(items)))
    for rows in batched(collector.rows, 25, strict=False):
        puts: list[Any] = [{"PutRequest": {"Item": row}} for row in rows]
        backend.clients.dynamodb.batch_write_item(RequestItems={backend.location.table: puts})


# The requests to DynamoDB when the cache is empty. Operations that are not listed make one.
AT_MOST = {
    # The thread's row is read concurrently with its items.
    "load_item": 2,
    "load_item_big": 2,
    "load_thread_items": 2,
    "load_feedback": 2,
    # The row, the turns, and the items after the last turn.
    "transcript": 3,
    "running_turn": 2,
    # A pointer holds the position of an imported thread or item.
    "load_thread_imported": 2,
    "load_threads_after_an_imported_one": 2,
    "load_item_imported": 3,
    "load_thread_items_after_an_imported_one": 3,
    # The thread is not in the cache, so the request looks for a tombstone.
    "save_thread": 2,
    "save_thread_again": 2,
    "save_thread_imported": 3,
    "add_imported": 2,
    "save_imported": 2,
    "delete_imported": 4,
    # The row names the object in the bucket, if there is one.
    "delete": 2,
    "delete_big": 2,
    # The tombstone, the keys, one batch, the moved tombstone, the row.
    "delete_thread": 5,
    "delete_thread_imported": 6,
    # The message's row, the thread's row, one query each for items, turns and feedback, one batch.
    "take_back": 6,
    # The thread, two items, the pointer to one, the items after them, both feedback rows at once,
    # the thread again.
    "save_feedback": 7,
}


@pytest.mark.parametrize("name", OPERATIONS)
async def test_an_operation_makes_only_the_necessary_requests(
    start_trial: StartTrial, name: str
) -> None:
    async with start_trial(OPERATIONS[name], PLAIN) as trial:
        requests = (await trial.run_without_faults()).requests
    of_dynamodb = [request for request in requests if not request.startswith("S3")]
    assert len(of_dynamodb) <= AT_MOST.get(name, 1), of_dynamodb
    assert len(requests) - len(of_dynamodb) <= 2


async def add_user_message(backend: Backend, thread: ThreadMetadata) -> None:
    """Make the store calls of the SDK's `threads.add_user_message`."""
    context = request_of("alice")
    caller = Caller(backend.store, lambda: context, backend.clock.date)
    await caller.load_thread(thread.id)
    [asked] = await caller.say(thread, "asked")
    history = await caller.load_items(thread.id, 20, order="desc")
    assert history.data[0] == asked
    latest = await caller.load_items(thread.id, 2, order="desc")
    assert latest.data == history.data[:2]
    await caller.say(thread, "answered")


async def test_a_turn_makes_at_most_four_requests_in_a_thread_of_any_length(
    engine: Engine, backend: Backend
) -> None:
    proxy = FaultProxy(engine)
    thread = await Caller(backend.store, lambda: request_of("alice"), backend.clock.date).thread()
    async with proxy.running() as proxied:
        with clients(proxied, PLAIN) as made:
            process = new_backend(made, backend.location, backend.clock)
            for more in (20, 180, 1800):
                await fill(backend, thread, more)
                backend.clock.advance(seconds=1)
                proxy.follow(no_fault)
                await add_user_message(process, thread)
                assert len(proxy.requests) <= 4, proxy.requests


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_a_page_of_threads_reads_no_deleted_ones(
    engine: Engine, backend: Backend, order: Order
) -> None:
    """If deleted threads were read, those before and after the page would need more queries."""
    alice = Caller(backend.store, lambda: request_of("alice"), backend.clock.date)
    proxy = FaultProxy(engine)
    async with proxy.running() as proxied:
        with clients(proxied, PLAIN) as made:
            process = new_backend(made, backend.location, backend.clock)
            read = list[int]()
            made.dynamodb.meta.events.register(
                "after-call.dynamodb.Query",
                lambda parsed, **_: read.append(parsed["ScannedCount"]),
            )
            before = [await alice.thread() for _ in range(15)]
            kept = [await alice.thread(str(number)) for number in range(5)]
            for thread in (*before, *[await alice.thread() for _ in range(15)]):
                await alice.delete_thread(thread.id)
            proxy.follow(no_fault)
            page = await process.store.load_threads(4, None, order, request_of("alice"))
    assert page.data == (kept if order == "asc" else kept[::-1])[:4]
    assert proxy.requests == ["Query"]
    assert read == [5]


async def test_a_turn_and_its_end_are_stored_in_one_request(
    engine: Engine, backend: Backend
) -> None:
    sample = Conversation(backend.clock)
    await sample.keep(backend, "alice")
    context = request_of("alice")
    proxy = FaultProxy(engine)
    async with proxy.running() as proxied:
        with clients(proxied, PLAIN) as made:
            process = new_backend(made, backend.location, backend.clock)
            await process.store.load_thread(sample.thread.id, context)
            proxy.follow(no_fault)
            await process.transcript.save(sample.thread.id, sample.last.id, [], context, sample.end)
            # The SDK does this with each item that it streams.
            await process.store.add_thread_item(sample.thread.id, sample.end, context)
    assert proxy.requests == ["BatchWriteItem"]
    assert await backend.store.load_item(sample.thread.id, sample.end.id, request_of("alice"))
