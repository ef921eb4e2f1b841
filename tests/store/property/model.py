"""A model of the store's contents in dicts, independent of rows, keys and requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

from chatkit.types import AssistantMessageItem, StructuredInputItem, ThreadMetadata

DAY = 86_400
RETENTION = 30 * DAY
type Item = AssistantMessageItem | StructuredInputItem


@dataclass
class Kept[T]:
    """A value and its expiry."""

    value: T
    until: float
    readable: bool = True


@dataclass
class User:
    """What the store must hold for one user."""

    threads: dict[str, Kept[ThreadMetadata]] = field(default_factory=dict)
    items: dict[str, dict[str, Kept[Item]]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)

    def thread(self, thread_id: str, now: float) -> ThreadMetadata | None:
        kept = self.threads.get(thread_id)
        return kept.value if kept and kept.until > now else None

    def visible_threads(self, now: float) -> dict[str, ThreadMetadata]:
        return {id: kept.value for id, kept in self.threads.items() if kept.until > now}

    def item(self, thread_id: str, item_id: str, now: float) -> Kept[Item] | None:
        """Return an existing item, visible or not."""
        kept = self.items.get(thread_id, {}).get(item_id)
        return kept if kept and kept.until > now else None

    def visible_items(self, thread_id: str, now: float) -> dict[str, Item]:
        if not self.thread(thread_id, now):
            return {}
        kept = self.items.get(thread_id, {})
        return {id: each.value for id, each in kept.items() if each.until > now and each.readable}


class Order:
    """The order of a listing: by time, and stable for items of the same time."""

    def __init__(self) -> None:
        self._times: dict[str, int] = {}
        self._seen: set[tuple[str, str]] = set()

    def add(self, id: str, milliseconds: int) -> None:
        self._times.setdefault(id, milliseconds)

    def check(self, ids: list[str]) -> None:
        for first, second in combinations(ids, 2):
            assert self._times[first] <= self._times[second], "not in the order of time"
            assert (second, first) not in self._seen, "another order than before"
            self._seen.add((first, second))

    def comes_after(self, id: str, other: str) -> bool | None:
        """Return whether `id` comes after `other`, or None if that is not known yet."""
        if self._times[id] != self._times[other]:
            return self._times[id] > self._times[other]
        if (other, id) in self._seen:
            return True
        return False if (id, other) in self._seen else None
