"""Who asks, and within which turn."""

from dataclasses import dataclass, field

from chat_api.store.reads import Reads


@dataclass
class Tokens:
    """How many tokens of the model a request has used."""

    used: int = 0


@dataclass(frozen=True)
class ChatContext:
    """Handed to every hook and store call of one request; `user` is from a verified token only.

    `thread_id` is the thread of a turn, also before a new one is stored.
    """

    user: str
    session_id: str | None
    turn_id: str
    thread_id: str | None = None
    tokens: Tokens = field(default_factory=Tokens, repr=False, compare=False)
    # What the request has read of the store: as fresh as the context, so made anew for each.
    reads: Reads = field(default_factory=Reads, repr=False, compare=False)
