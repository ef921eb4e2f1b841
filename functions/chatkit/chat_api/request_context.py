"""Who asks, and within which turn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.datastructures import Headers

from chat_api.model.token_usage import Tokens
from chat_api.request_cache import RequestCache
from chat_api.turn_state import Answer


@dataclass(frozen=True)
class RequestContext:
    """Handed to every hook and store call of one request; `user` is from a verified token only.

    `thread_id` is the thread of a turn, also before a new one is stored. `for_display` is set where
    a person looks at a thread: its pages hold what is shown, the running answer so far included.
    `headers` are those of the request that the setting CONTEXT_HEADERS names. Page and user choose
    their values, which prove nothing.
    """

    user: str
    session_id: str | None
    turn_id: str
    thread_id: str | None = None
    for_display: bool = False
    headers: Mapping[str, str] = field(default_factory=Headers, repr=False)
    # What the turn has said so far.
    answer: Answer = field(default_factory=Answer, repr=False, compare=False)
    tokens: Tokens = field(default_factory=Tokens, repr=False, compare=False)
    # What the request has read of the store: as fresh as the context, so made anew for each.
    cache: RequestCache = field(default_factory=RequestCache, repr=False, compare=False)
