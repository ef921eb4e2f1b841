"""How often a growing thought is sent.

ChatKit sends the whole thought each time that it grows: word by word, the bytes of a long one would
grow with its square. Sent whenever it has grown by a quarter, all of them are five times the last.
"""

from collections.abc import Sequence
from typing import Any

from agents.items import TResponseStreamEvent

# Below that many letters each piece is sent as it comes.
SHORT = 200
GROWTH = 0.25


class ThoughtPace:
    """Joins pieces of a thought; what is left goes out before any event that is not one."""

    def __init__(self) -> None:
        self._sent: dict[tuple[str, int], int] = {}
        self._waiting: Any = None

    def feed(self, event: Any) -> Sequence[TResponseStreamEvent]:
        if event.type != "response.reasoning_summary_text.delta":
            if self._waiting is None:
                return (event,)
            waiting, self._waiting = self._waiting, None
            return (waiting, event)
        key = event.item_id, event.summary_index
        before: Sequence[Any] = ()
        if self._waiting is not None:
            if key == (self._waiting.item_id, self._waiting.summary_index):
                event.delta = self._waiting.delta + event.delta
            else:
                before = (self._waiting,)
        sent = self._sent.get(key, 0)
        if sent + len(event.delta) > SHORT and len(event.delta) < sent * GROWTH:
            self._waiting = event
            return before
        self._waiting = None
        self._sent[key] = sent + len(event.delta)
        return (*before, event)
