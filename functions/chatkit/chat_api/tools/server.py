"""One tool server, as the container knows it: its address, its revision and what it offers."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import DiscoverResult, Tool
from mcp_types.version import LATEST_MODERN_VERSION

from chat_api.tools.auth import Bearer, fixed, token_for, tool_token
from chat_api.tools.config import ToolServerConfig
from chat_api.tools.tool_bounds import BOUNDS, ToolBounds
from chat_api.tools.tool_cache import ToolCache
from chat_api.tools.transport import ToolTransport
from chatcore import USER_AGENT
from chatcore.auth.keys import Keys

OWN = "own"
# The address only fills the event's path and host; nothing resolves it.
URL = "http://mcp.internal/mcp"
CONNECT_SECONDS = 3.0
# What the model's API takes as a tool's name.
MAX_NAME = 64
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True)
class Waits:
    """How long a server is waited for, in seconds.

    A cold start is waited for: Lambda gives one 10 s, and API Gateway an answer 29 s. But nobody
    can tell it from a server that hangs, so one that was silent is soon given up in later turns.
    """

    answer: float = 25.0
    first_list: float = 12.0
    list_after_silence: float = 4.0


class Server:
    """A server that turns connect to.

    `prefix` stands before its tools' names, so that no server can pass for another. With
    `current`, it is known to speak the latest revision, and is not asked.
    """

    def __init__(
        self,
        name: str,
        url: str,
        transport: Callable[[], httpx2.AsyncBaseTransport],
        bearer: Bearer | None,
        *,
        label: str = "",
        prefix: str = "",
        current: bool = False,
        waits: Waits = Waits(),
        bounds: ToolBounds = BOUNDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        # In sentences, after "the".
        self.label = label or f"{name} tools"
        self.bounds = bounds
        self.listings = ToolCache(clock)
        self._url = url
        self._transport = transport
        self._bearer = bearer
        self._prefix = prefix
        self._waits = waits
        self._silent = False
        self._first = LATEST_MODERN_VERSION if current else "auto"
        self._mode = self._first
        self._discovered: DiscoverResult | None = None

    def client(self, user: str) -> Client:
        """A client for one turn of a user, not connected yet."""
        bearer = self._bearer
        token = None if bearer is None else lambda: bearer(user)
        timeout = httpx2.Timeout(self._waits.answer, connect=CONNECT_SECONDS)
        http = httpx2.AsyncClient(
            transport=ToolTransport(self.name, self._transport(), token),
            timeout=timeout,
            headers={"user-agent": USER_AGENT},
        )
        return Client(
            streamable_http_client(self._url, http_client=http),
            mode=self._mode,
            prior_discover=self._discovered,
            read_timeout_seconds=self._waits.answer,
            cache=None,
        )

    @property
    def list_seconds(self) -> float:
        """How long its list of tools is waited for, connecting included."""
        return self._waits.list_after_silence if self._silent else self._waits.first_list

    def learn(self, client: Client) -> None:
        """It answered. Remember which revision it speaks: later turns need not ask."""
        self._silent = False
        if self._first == "auto":
            self._discovered = client.session.discover_result
            self._mode = client.protocol_version if self._discovered else "legacy"

    def forget(self, *, silent: bool) -> None:
        """It failed, or was `silent`: it may be another one by now, so the next turn asks it."""
        self._silent = silent
        self._mode, self._discovered = self._first, None
        self.listings.clear()

    def shown(self, tool: Tool) -> Tool:
        """The tool under the name that the model knows it by."""
        if not self._prefix:
            return tool
        name = _NOT_IN_NAMES.sub("_", f"{self._prefix}__{tool.name}")[:MAX_NAME]
        return tool.model_copy(update={"name": name})


def external_server(
    named: ToolServerConfig,
    keys: Callable[[str], Keys],
    transport: Callable[[], httpx2.AsyncBaseTransport],
) -> Server:
    """The server behind a setting; `keys` reads the secret of a name."""
    return Server(named.name, named.url, transport, _bearer(named, keys), prefix=named.name)


def _bearer(named: ToolServerConfig, keys: Callable[[str], Keys]) -> Bearer | None:
    if named.secret is None:
        return None
    secret = keys(named.secret)
    return token_for(named.audience, secret) if named.audience else fixed(secret)


def internal_server(transport: httpx2.AsyncBaseTransport, keys: Keys) -> Server:
    """Return this deployment's MCP function. It is deployed together, so its revision is known."""
    return Server(
        OWN,
        URL,
        lambda: transport,
        tool_token(keys),
        label="assistant's tools",
        current=True,
    )
