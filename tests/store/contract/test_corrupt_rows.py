"""An unreadable row is skipped, is logged without its text and hides no other row."""

from collections.abc import Callable
from typing import Any

import pytest
from chatkit.store import NotFoundError

from chat_api.request_context import RequestContext
from tests.store.contract.backend import Backend
from tests.store.contract.conversation import incompressible
from tests.store.contract.paging import all_items, all_threads
from tests.store.contract.user_store import Caller

type Callers = Callable[[str], Caller[RequestContext]]
type Row = dict[str, Any]

CORRUPT: dict[str, Row] = {
    "no_json": {"body": {"S": "hunter2"}},
    "of_no_kind": {"body": {"S": '{"type": "hunter2"}'}},
    "cut": {"body": {"S": '{"type": "assistant_message", "id": "hunter2'}},
    "not_compressed": {"body": {"B": b"hunter2"}},
    "a_number": {"body": {"N": "2"}},
    "null": {"body": {"NULL": True}},
    "empty": {"body": {"S": ""}},
    "expiry_of_no_number": {"expires_at": {"S": "hunter2"}},
}
corrupt = pytest.mark.parametrize("damage", CORRUPT.values(), ids=CORRUPT)


def damage_row(backend: Backend, holding: str, damage: Row) -> None:
    """Corrupt the row whose body contains this text."""
    [row] = [row for row in backend.rows() if holding in str(row.get("body"))]
    backend.put(row | damage)


@corrupt
@pytest.mark.parametrize("limit", [1, 2, 10])
async def test_an_unreadable_item_hides_no_other(
    backend: Backend, caller: Callers, logged: list[dict[str, Any]], limit: int, damage: Row
) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    first, broken, last = await alice.say(thread, "first", "broken", "last")
    damage_row(backend, "broken", damage)
    assert await all_items(alice, thread.id, limit) == [first, last]
    assert await all_items(alice, thread.id, limit, "desc") == [last, first]
    with pytest.raises(NotFoundError):
        await alice.load(thread.id, broken.id)
    assert {line["message"] for line in logged} == {"row_unreadable"}
    assert "hunter2" not in str(logged)


@corrupt
async def test_an_unreadable_thread_hides_no_other(
    backend: Backend, caller: Callers, logged: list[dict[str, Any]], damage: Row
) -> None:
    alice = caller("alice")
    first, broken, last = [await alice.thread(title) for title in ("first", "broken", "last")]
    damage_row(backend, "broken", damage)
    assert await all_threads(alice, 1) == [first, last]
    with pytest.raises(NotFoundError):
        await alice.load_thread(broken.id)
    assert {line["message"] for line in logged} == {"row_unreadable"}
    assert "hunter2" not in str(logged)


async def test_an_unreadable_thread_can_be_saved_and_deleted(
    backend: Backend, caller: Callers
) -> None:
    alice = caller("alice")
    for title in ("saved", "deleted"):
        await alice.thread(title, id=title)
        damage_row(backend, title, CORRUPT["cut"])
    await alice.thread("saved again", id="saved")
    await alice.delete_thread("deleted")
    assert [thread.title for thread in await all_threads(alice)] == ["saved again"]


async def test_an_item_whose_object_is_missing_hides_no_other(
    backend: Backend, caller: Callers, logged: list[dict[str, Any]]
) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    first, big, last = await alice.say(thread, "first", incompressible(300_000), "last")
    [name] = backend.objects()
    backend.s3.delete_object(Bucket=backend.location.bucket, Key=name)
    assert await all_items(alice, thread.id, 1) == [first, last]
    with pytest.raises(NotFoundError):
        await alice.load(thread.id, big.id)
    assert {line["message"] for line in logged} == {"row_unreadable"}


async def test_a_saved_item_replaces_an_unreadable_one(backend: Backend, caller: Callers) -> None:
    alice = caller("alice")
    thread = await alice.thread()
    [broken] = await alice.say(thread, "broken")
    damage_row(backend, "broken", CORRUPT["not_compressed"])
    await alice.save(thread.id, broken)
    assert await all_items(alice, thread.id) == [broken]
