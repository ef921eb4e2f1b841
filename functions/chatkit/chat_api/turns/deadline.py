"""When the running turn ends, for code that waits on its behalf."""

from contextvars import ContextVar

# In seconds of `time.monotonic`, which is the event loop's clock; None for a turn without an end.
turn_ends: ContextVar[float | None] = ContextVar("turn_ends", default=None)
