"""The tokens that a turn uses, counted from the moment each request is sent."""

from __future__ import annotations

from contextvars import ContextVar

from chat_api.model.budget import BYTES_PER_TOKEN


class RequestTokens:
    """The tokens of one request: estimated by its bytes until the endpoint reports its usage.

    `cached` is the part of `read` that came from the endpoint's cache, which costs less.
    """

    def __init__(self, sent: int) -> None:
        """`sent` is the number of bytes in its input."""
        self.sent = sent
        self.read = _tokens(sent)
        self.cached = 0
        self.written = 0
        self._received = 0
        self._is_read_reported = False
        self._is_written_reported = False

    @property
    def estimated(self) -> int:
        """The part of `read` and `written` that the endpoint did not report."""
        read = 0 if self._is_read_reported else self.read
        return read + (0 if self._is_written_reported else self.written)

    def receive(self, text: str) -> None:
        """Count a piece of the answer."""
        self._received += len(text.encode(errors="replace"))
        self.written = _tokens(self._received)

    def report(self, usage: object) -> None:
        """Replace the estimates with the counts that the endpoint reports.

        `usage` has the names of the Responses API. Some endpoints report nothing, or zeros, and
        the estimates stay.
        """
        read, written = _reported(usage, "input_tokens"), _reported(usage, "output_tokens")
        self._is_read_reported, self._is_written_reported = read > 0, written > 0
        self.read = read or self.read
        self.written = written or self.written
        self.cached = _reported(getattr(usage, "input_tokens_details", None), "cached_tokens")

    def withdraw(self) -> None:
        """Count nothing: the request never reached its endpoint."""
        self.sent = self.read = self.cached = self.written = 0


class Tokens:
    """The tokens of one turn so far, including those of its title and of failed requests."""

    def __init__(self) -> None:
        self._requests: list[RequestTokens] = []

    def send(self, sent: int) -> RequestTokens:
        """Count a request whose input has that many bytes."""
        request = RequestTokens(sent)
        self._requests.append(request)
        return request

    @property
    def sent(self) -> int:
        """Bytes of input that were sent so far."""
        return sum(request.sent for request in self._requests)

    @property
    def read(self) -> int:
        return sum(request.read for request in self._requests)

    @property
    def cached(self) -> int:
        return sum(request.cached for request in self._requests)

    @property
    def written(self) -> int:
        return sum(request.written for request in self._requests)

    @property
    def estimated(self) -> int:
        """The part of `used` that no endpoint reported."""
        return sum(request.estimated for request in self._requests)

    @property
    def used(self) -> int:
        return self.read + self.written


# The tokens of the running turn. A request outside of a turn is not counted.
turn_tokens: ContextVar[Tokens | None] = ContextVar("turn_tokens", default=None)


def _tokens(size: int) -> int:
    return -(-size // BYTES_PER_TOKEN)


def _reported(usage: object, name: str) -> int:
    count = getattr(usage, name, None)
    return max(0, count) if isinstance(count, int) else 0
