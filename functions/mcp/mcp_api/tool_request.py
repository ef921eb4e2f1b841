"""What a tool knows about a call beyond its arguments."""

from collections.abc import Mapping
from typing import Any, NoReturn

from mcp.server.mcpserver.exceptions import ToolError

from mcp_api.tool import InvalidTool

# The name of the key in a call's `_meta`. A client that repeats a call also repeats its key, so
# that the tool acts only once.
IDEMPOTENCY_KEY = "chatkit-on-lambda/idempotency-key"
MAX_KEY = 256


class BadIdempotencyKey(ToolError):
    """The idempotency key is not a short string."""

    def __init__(self) -> None:
        super().__init__(
            f"The idempotency key must be a string of 1 to {MAX_KEY} characters. Call again with a"
            " valid key, or without one."
        )


class ToolRequest:
    """The first parameter of a tool: who calls it, as the verified token says."""

    def __init__(self, user: str, meta: Mapping[str, Any]) -> None:
        self.user = user
        self._meta = meta

    @property
    def idempotency_key(self) -> str | None:
        """The key that a repeat of this call also has, or None. It is unique per user.

        Raise `BadIdempotencyKey` for a key that is not a short string.
        """
        key = self._meta.get(IDEMPOTENCY_KEY)
        if key is not None and not (isinstance(key, str) and 0 < len(key) <= MAX_KEY):
            raise BadIdempotencyKey
        return key

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: object) -> NoReturn:
        """Raise `InvalidTool`, because a model could name any user in an argument."""
        raise InvalidTool("A ToolRequest may only be a tool's first parameter, without a default.")
