"""Pages contain every row once, in order, and need a bounded number of requests."""

from __future__ import annotations

import asyncio
import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat_api.store.pages import PageLimit, load_page, read_inline, with_size
from chat_api.store.rows import bare_row, new_row

if TYPE_CHECKING:
    from chat_api.store.rows import Row

NOW = 1_000.0
LATER = 2_000.0
# The number of tombstones in 1 MB, which is the most that one DynamoDB query reads.
MOST_OF_A_QUERY = 7_000

KINDS = ("shown", "hidden", "expired", "deleted", "corrupt")


def row_of(number: int, kind: str, length: int = 1) -> Row:
    text = json.dumps({"kind": kind, "number": number, "text": "x" * length})
    made = new_row("p", f"item#{number:06}", text, NOW - 1 if kind == "expired" else LATER)
    if kind == "deleted":
        return bare_row("p", f"item#{number:06}", LATER) | {"deleted": {"BOOL": True}}
    return made | {"body": {"S": "{"}} if kind == "corrupt" else made


class Rows:
    """An in-memory partition that counts its queries."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows
        self.queries = 0

    async def __call__(
        self, *, after: str | None, newest_first: bool, limit: int
    ) -> tuple[list[Row], str | None]:
        self.queries += 1
        rows = self._rows[::-1] if newest_first else self._rows
        start = 0
        if after is not None:
            start = 1 + [each["sk"]["S"] for each in rows].index(after)
        end = start + min(limit, MOST_OF_A_QUERY)
        return rows[start:end], rows[end - 1]["sk"]["S"] if end < len(rows) else None


async def shown_of(rows: list[Row]) -> list[tuple[Any, int]]:
    read = await read_inline(rows, with_size(json.loads))
    return [each for each in read if each[0]["kind"] == "shown"]


def page_of(
    rows: Rows, after: int | None, newest_first: bool, limit: PageLimit
) -> tuple[list[int], bool]:
    loading = load_page(
        rows,
        shown_of,
        after=None if after is None else f"item#{after:06}",
        newest_first=newest_first,
        limit=limit,
        now=NOW,
    )
    found, more = asyncio.run(loading)
    return [each["number"] for each in found], more


any_row = st.tuples(st.sampled_from(KINDS), st.sampled_from([1, 400, 3_000]))


@settings(deadline=None, max_examples=100, derandomize=True, database=None)
@given(
    st.lists(any_row, max_size=60),
    st.sampled_from([1, 2, 3, 20]),
    st.sampled_from([200, 1_000, 5_000, math.inf]),
    st.booleans(),
)
def test_pages_show_everything_once_and_only_the_last_can_be_empty(
    kinds: list[tuple[str, int]], limit: int, most_bytes: float, newest_first: bool
) -> None:
    rows = [row_of(number, kind, length) for number, (kind, length) in enumerate(kinds)]
    wanted = [number for number, (kind, _) in enumerate(kinds) if kind == "shown"]
    found: list[int] = []
    more, after = True, None
    while more:
        page, more = page_of(Rows(rows), after, newest_first, PageLimit(limit, most_bytes))
        assert page or not more
        assert len(page) <= limit
        if len(page) > 1:
            assert sum(kinds[number][1] for number in page) <= most_bytes
        found += page
        after = page[-1] if page else None
    assert found == (wanted[::-1] if newest_first else wanted)


@pytest.mark.parametrize(
    ("kind", "count"),
    # Fewer corrupt rows, because each one is logged.
    [("hidden", 6_000), ("expired", 6_000), ("deleted", 6_000), ("corrupt", 600)],
)
@pytest.mark.parametrize("before", [0, 20])
def test_thousands_of_skipped_rows_need_only_a_few_requests(
    kind: str, count: int, before: int
) -> None:
    kinds = ["shown"] * before + [kind] * count + ["shown"] * 20
    rows = Rows([row_of(number, each) for number, each in enumerate(kinds)])
    page, more = page_of(rows, None, False, PageLimit(20))
    assert (len(page), more) == (20, before == 20)
    assert rows.queries <= 8


def test_a_few_skipped_rows_cause_only_a_few_more_reads() -> None:
    kinds = ["shown", "hidden"] * 1_000
    rows = Rows([row_of(number, each) for number, each in enumerate(kinds)])
    read: list[int] = []

    async def listing(**asked: Any) -> tuple[list[Row], str | None]:
        found, after = await rows(**asked)
        read.append(len(found))
        return found, after

    found, more = asyncio.run(
        load_page(listing, shown_of, after=None, newest_first=True, limit=PageLimit(20), now=NOW)
    )
    assert (len(found), more) == (20, True)
    assert rows.queries <= 3
    assert sum(read) <= 60


def test_rows_that_do_not_fit_into_the_page_are_not_read() -> None:
    rows = Rows([row_of(number, "shown", 1_000) for number in range(50)])
    read: list[int] = []

    async def counted(batch: list[Row]) -> list[tuple[Any, int]]:
        read.append(len(batch))
        return await shown_of(batch)

    found, more = asyncio.run(
        load_page(
            rows, counted, after=None, newest_first=False, limit=PageLimit(50, 3_500), now=NOW
        )
    )
    assert (len(found), more) == (3, True)
    assert sum(read) == 4
