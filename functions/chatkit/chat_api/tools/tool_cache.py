"""Lists of tools, cached in the environment for as long as their server allows."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from mcp import Client
from mcp_types import PaginatedRequestParams, Tool
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

# Servers of older revisions state no lifetime.
DEFAULT_SECONDS = 60.0
MAX_SECONDS = 24 * 60 * 60.0
MAX_PAGES = 20
MAX_USERS = 500
EVERYBODY = None


@dataclass(frozen=True)
class ToolListing:
    """A server's tools, valid for `seconds`, and for every user if `public`."""

    tools: list[Tool]
    seconds: float
    public: bool


class ToolCache:
    """The lists of one server. A private list is used for its own user only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str | None, tuple[ToolListing, float]] = {}

    def fresh(self, user: str) -> list[Tool] | None:
        for whose in (user, EVERYBODY):
            listing, until = self._kept.get(whose, (None, 0.0))
            if listing is not None and self._clock() < until:
                return listing.tools
        return None

    def keep(self, user: str, listing: ToolListing) -> None:
        if listing.seconds <= 0:
            return
        whose = EVERYBODY if listing.public else user
        self._kept.pop(whose, None)
        self._kept[whose] = listing, self._clock() + listing.seconds
        if len(self._kept) > MAX_USERS:
            del self._kept[next(iter(self._kept))]

    def clear(self) -> None:
        self._kept.clear()


async def list_all_tools(client: Client) -> ToolListing:
    """Return all tools that the server offers to this client's user, from up to 20 pages."""
    modern = client.protocol_version in MODERN_PROTOCOL_VERSIONS
    tools: list[Tool] = []
    seconds, public = MAX_SECONDS, True
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        page = await client.session.list_tools(params=PaginatedRequestParams(cursor=cursor))
        tools += page.tools
        seconds = min(seconds, page.ttl_ms / 1000 if modern else DEFAULT_SECONDS)
        public = public and modern and page.cache_scope == "public"
        cursor = page.next_cursor
        if cursor is None:
            break
    return ToolListing(tools, seconds, public)
