"""The tokens that a turn takes of its models, counted from the moment each request is sent."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from chat_api.model.budget import BYTES_PER_TOKEN


class ModelRequest:
    """One request to a model: an estimate by its bytes, until its endpoint reports the usage.

    `cached` are the cheaper ones of the tokens in `read`.
    """

    def __init__(self, sent: int) -> None:
        """`sent` are the bytes of its input."""
        self.sent = sent
        self.read = _tokens(sent)
        self.cached = 0
        self.written = 0
        self._received = 0

    def receive(self, text: str) -> None:
        """Count a piece of the answer."""
        self._received += len(text.encode(errors="replace"))
        self.written = _tokens(self._received)

    def report(self, usage: Any) -> None:
        """Replace the estimates with what the endpoint reports, as far as it reports anything.

        `usage` has the names of the Responses API. Some endpoints report nothing, or zeros.
        """
        self.read = _reported(usage, "input_tokens") or self.read
        self.written = _reported(usage, "output_tokens") or self.written
        self.cached = _reported(getattr(usage, "input_tokens_details", None), "cached_tokens")

    def withdraw(self) -> None:
        """Count nothing: the request never reached its endpoint."""
        self.sent = self.read = self.cached = self.written = 0


class Tokens:
    """What the requests of one turn have taken so far, its title's and failed ones included."""

    def __init__(self) -> None:
        self._requests: list[ModelRequest] = []

    def send(self, sent: int) -> ModelRequest:
        """Count a request whose input has so many bytes."""
        request = ModelRequest(sent)
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
    def used(self) -> int:
        return self.read + self.written


# Of the turn that runs; a request outside of a turn counts for nobody.
turn_tokens: ContextVar[Tokens | None] = ContextVar("turn_tokens", default=None)


def _tokens(size: int) -> int:
    return -(-size // BYTES_PER_TOKEN)


def _reported(usage: Any, name: str) -> int:
    count = getattr(usage, name, None)
    return max(0, count) if isinstance(count, int) else 0
