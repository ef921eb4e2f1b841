"""What a team supplies: its tools, and how their server presents itself to clients."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mcp_api.auth import Scopes
from mcp_api.tool import Tool

# A scope token (RFC 6749 section 3.3), without the characters that a header would quote.
SCOPE = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class ToolServer:
    """What a team's `create_server(environ, clients)` returns to `mcp_api.app`.

    A token with `scope` may call every tool, and one with `scope:read` the read-only ones. The
    model reads `instructions`; people read `title`.
    """

    name: str
    title: str
    instructions: str
    scope: str
    tools: Sequence[Tool]

    def __post_init__(self) -> None:
        """Raise `ValueError` for an invalid scope."""
        if not SCOPE.fullmatch(self.scope):
            raise ValueError(f"A scope must match {SCOPE.pattern}: {self.scope!r}")

    @property
    def scopes(self) -> Scopes:
        return Scopes(write=self.scope, read=f"{self.scope}:read")
