"""The order of a stream's events: everything that starts also ends, and nothing follows the end."""

from collections.abc import Iterable
from typing import Any


class EventOrder:
    """Raises AssertionError at the first misplaced event. All suites read their streams with it.

    A test that leaves a stream early never calls `end`. `known` are items of an earlier stream.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._open: dict[str, str] = {}
        self._known = set(known)
        self._loading: set[str] = set()
        self._over: str | None = None

    def follow(self, event: dict[str, Any]) -> None:
        kind = event["type"]
        if kind == "error" or (kind == "thread.item.done" and _ends_turn(event["item"])):
            assert self._over is None, f"{kind} after {self._over}"
            self._over = kind
        elif kind.startswith("thread.item."):
            assert self._over is None, f"{kind} after {self._over}"
        match event:
            case {"type": "thread.item.added", "item": item}:
                assert item["id"] not in self._known, f"{item['id']} is added again"
                self._open[item["id"]] = item["type"]
                self._known.add(item["id"])
            case {"type": "thread.item.updated", "item_id": item_id}:
                assert item_id in self._open, f"{item_id} is updated but not open"
            case {"type": "thread.item.done", "item": item}:
                again = item["id"] in self._known and item["id"] not in self._open
                assert not again, f"{item['id']} is done again"
                self._close(item["id"], loading=_is_loading(item))
            case {"type": "thread.item.replaced", "item": item}:
                self._close(item["id"], loading=_is_loading(item))
            case {"type": "thread.item.removed", "item_id": item_id}:
                assert _is_known(item_id, self._known), f"{item_id} is removed but unknown"
                self._close(item_id)

    def end(self) -> None:
        """Raise AssertionError if the ended stream left an item open or shown as loading."""
        assert self._open == {}, f"started but never ended: {self._open}"
        assert self._loading == set(), f"still loading: {self._loading}"

    def _close(self, item_id: str, *, loading: bool = False) -> None:
        self._open.pop(item_id, None)
        self._known.add(item_id)
        (self._loading.add if loading else self._loading.discard)(item_id)


def _is_known(item_id: str, known: set[str]) -> bool:
    """Return whether a client knows an item. A client tool call may be of an earlier stream."""
    return item_id in known or item_id.startswith("tc_")


def _ends_turn(item: dict[str, Any]) -> bool:
    return bool(item["type"] == "end_of_turn")


def _is_loading(item: dict[str, Any]) -> bool:
    tasks = [item["task"]] if "task" in item else item.get("workflow", {}).get("tasks", [])
    return any(task["status_indicator"] == "loading" for task in tasks)
