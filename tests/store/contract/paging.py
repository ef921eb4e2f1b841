"""Read every page of a listing and check each page's invariants."""

from chatkit.types import Page, ThreadItem, ThreadMetadata

from tests.store.contract.user_store import Caller, Order


async def all_items[C](
    caller: Caller[C], thread_id: str, limit: int = 100, order: Order = "asc"
) -> list[ThreadItem]:
    found, after = list[ThreadItem](), None
    while True:
        page = await caller.load_items(thread_id, limit, after, order)
        found += page.data
        assert len({each.id for each in found}) == len(found), "every entry is listed once"
        if (after := _next(page, limit)) is None:
            return found


async def all_threads[C](
    caller: Caller[C], limit: int = 100, order: Order = "asc"
) -> list[ThreadMetadata]:
    found, after = list[ThreadMetadata](), None
    while True:
        page = await caller.load_threads(limit, after, order)
        found += page.data
        assert len({each.id for each in found}) == len(found), "every entry is listed once"
        if (after := _next(page, limit)) is None:
            return found


def _next[T: (ThreadItem, ThreadMetadata)](page: Page[T], limit: int) -> str | None:
    assert len(page.data) <= limit
    if not page.has_more:
        return None
    assert len(page.data) == limit, "a page that is not the last is full"
    assert page.after == page.data[-1].id
    return page.after
