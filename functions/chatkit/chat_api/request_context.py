"""What every hook and store call knows of the request that it serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.datastructures import Headers

from chat_api.request_cache import RequestCache
from chat_api.turn_state import TurnState


@dataclass(frozen=True)
class RequestContext:
    """One request; `user` comes from a verified token only.

    `for_display` is set where a person looks at a thread: its pages then hold what is shown,
    including the running answer so far. `headers` are the request's headers that the setting
    CONTEXT_HEADERS names. The page and the user choose their values, so they prove nothing.
    """

    user: str
    session_id: str | None
    turn: TurnState
    for_display: bool = False
    headers: Mapping[str, str] = field(default_factory=Headers, repr=False)
    # What the request has read from the store. Never shared by two requests.
    cache: RequestCache = field(default_factory=RequestCache, repr=False, compare=False)
