"""Who asks, and within which turn."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chat_api.answers import Answer
from chat_api.store.reads import Reads

if TYPE_CHECKING:
    from agents import Usage

# About as many as English has, with JSON's own signs.
LETTERS_PER_TOKEN = 4


@dataclass
class Tokens:
    """How many tokens of the model a request has used; `cached` are the cheaper ones of `read`."""

    read: int = 0
    cached: int = 0
    written: int = 0

    @property
    def used(self) -> int:
        return self.read + self.written

    def add(self, usage: Usage) -> None:
        self.read += usage.input_tokens
        self.cached += usage.input_tokens_details.cached_tokens
        self.written += usage.output_tokens

    def estimate(self, read: list[Any], written: str) -> None:
        """Count an answer that broke off, of which the model's endpoint tells nothing."""
        self.read += len(json.dumps(read, ensure_ascii=False)) // LETTERS_PER_TOKEN
        self.written += 1 + len(written) // LETTERS_PER_TOKEN


@dataclass(frozen=True)
class ChatContext:
    """Handed to every hook and store call of one request; `user` is from a verified token only.

    `thread_id` is the thread of a turn, also before a new one is stored. `for_display` is set where
    a person looks at a thread: its pages hold what is shown, the running answer so far included.
    """

    user: str
    session_id: str | None
    turn_id: str
    thread_id: str | None = None
    for_display: bool = False
    # What the turn has said so far.
    answer: Answer = field(default_factory=Answer, repr=False, compare=False)
    tokens: Tokens = field(default_factory=Tokens, repr=False, compare=False)
    # What the request has read of the store: as fresh as the context, so made anew for each.
    reads: Reads = field(default_factory=Reads, repr=False, compare=False)
