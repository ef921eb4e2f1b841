"""Joins reasoning deltas into fewer and longer ones.

ChatKit sends the whole reasoning text each time it grows. If it grew word by word, the bytes sent
would grow with the square of its length. If each step adds a quarter, they are five times its
length.
"""

from collections.abc import Sequence

from agents.items import TResponseStreamEvent
from openai.types.responses import ResponseReasoningSummaryTextDeltaEvent

# Up to this many characters, each delta is passed on as it comes.
SHORT = 200
GROWTH = 0.25


class ReasoningBatcher:
    """Holds short deltas back. A held one goes out before the next event of another kind."""

    def __init__(self) -> None:
        self._sent: dict[tuple[str, int], int] = {}
        self._waiting: ResponseReasoningSummaryTextDeltaEvent | None = None

    def feed(self, event: TResponseStreamEvent) -> Sequence[TResponseStreamEvent]:
        """Return the events that replace an event."""
        if event.type != "response.reasoning_summary_text.delta":
            if self._waiting is None:
                return (event,)
            waiting, self._waiting = self._waiting, None
            return (waiting, event)
        key = event.item_id, event.summary_index
        before: Sequence[TResponseStreamEvent] = ()
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
