"""One tool server, as an environment knows it: its address, revision and tools."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import DiscoverResult, Tool
from mcp_types.version import LATEST_MODERN_VERSION

from chat_api.tools.approval import Approval
from chat_api.tools.auth import Bearer, fixed, token_for, tool_token
from chat_api.tools.config import ToolServerConfig
from chat_api.tools.tool_bounds import BOUNDS, ToolBounds
from chat_api.tools.tool_cache import ToolCache
from chat_api.tools.transport import ToolTransport
from chatcore import USER_AGENT
from chatcore.auth.keys import Keys

OWN = "own"
# Fills the path and host of the event. The name is never resolved.
URL = "http://mcp.internal/mcp"
CONNECT_SECONDS = 3.0
# The longest name of a tool that the model APIs accept.
MAX_NAME = 64
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True)
class Waits:
    """How long to wait for a server, in seconds.

    Long enough for a cold start: Lambda allows 10 s for one, and API Gateway 29 s for an answer. A
    cold start looks like a hanging server, so later turns wait less for a server that was silent.
    """

    answer: float = 25.0
    first_list: float = 12.0
    list_after_silence: float = 4.0


class Server:
    """A server that turns connect to.

    `prefix` is put before the names of its tools, so that no server can imitate another. `current`
    says that the server speaks the latest MCP revision, so that it need not be asked. `approval`
    says which of its tools ask the person first.
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
        approval: Approval = "never",
        waits: Waits = Waits(),
        bounds: ToolBounds = BOUNDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        # Used in sentences, after "the".
        self.label = label or f"{name} tools"
        self.bounds = bounds
        self.approval = approval
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
        """Return a client for one turn of a user, not connected yet."""
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
        """How long to wait for the list of tools, including the connection."""
        return self._waits.list_after_silence if self._silent else self._waits.first_list

    def learn(self, client: Client) -> None:
        """Remember that the server answered, and its revision: later turns need not ask."""
        self._silent = False
        if self._first == "auto":
            self._discovered = client.session.discover_result
            self._mode = client.protocol_version if self._discovered else "legacy"

    def forget(self, *, silent: bool) -> None:
        """Remember that the server failed. The next turn asks again: it may have been replaced."""
        self._silent = silent
        self._mode, self._discovered = self._first, None
        self.listings.clear()

    def shown(self, tool: Tool) -> Tool:
        """Return the tool under the name that the model uses."""
        if not self._prefix:
            return tool
        name = _NOT_IN_NAMES.sub("_", f"{self._prefix}__{tool.name}")[:MAX_NAME]
        return tool.model_copy(update={"name": name})


def external_server(
    named: ToolServerConfig,
    keys: Callable[[str], Keys],
    transport: Callable[[], httpx2.AsyncBaseTransport],
) -> Server:
    """Return the server of a setting. `keys` returns the keys in a secret."""
    return Server(
        named.name,
        named.url,
        transport,
        _bearer(named, keys),
        prefix=named.name,
        approval=named.approval,
    )


def _bearer(named: ToolServerConfig, keys: Callable[[str], Keys]) -> Bearer | None:
    if named.secret is None:
        return None
    secret = keys(named.secret)
    return token_for(named.audience, secret) if named.audience else fixed(secret)


def internal_server(transport: httpx2.AsyncBaseTransport, keys: Keys) -> Server:
    """Return this deployment's MCP function, whose revision is known."""
    return Server(
        OWN,
        URL,
        lambda: transport,
        tool_token(keys),
        label="assistant's tools",
        current=True,
    )
