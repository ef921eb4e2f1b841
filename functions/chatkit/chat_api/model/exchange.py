"""The HTTP exchange behind a model request, which the Agents SDK does not show."""

from contextvars import ContextVar

import httpx2


class Exchange:
    """The HTTP side of one model request. `response` is None until its headers have arrived."""

    def __init__(self) -> None:
        self.response: httpx2.Response | None = None

    @property
    def bytes_read(self) -> int:
        """Bytes of the response's body so far, including SSE comments, which make no event."""
        return self.response.num_bytes_downloaded if self.response else 0


_current: ContextVar[Exchange] = ContextVar("exchange")


def begin_exchange() -> Exchange:
    """Return the exchange that the next HTTP response of this task belongs to."""
    exchange = Exchange()
    _current.set(exchange)
    return exchange


async def note_response(response: httpx2.Response) -> None:
    """Note a response whose headers have arrived. This is an event hook of the HTTP client."""
    if exchange := _current.get(None):
        exchange.response = response
