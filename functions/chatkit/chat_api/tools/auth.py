"""The bearer token that a turn sends to each tool server."""

from collections.abc import Callable

from chatcore.auth.keys import Keys
from chatcore.auth.tokens import ALL_TOOLS, TOOL_TOKEN, TokenKind

# Returns the token for a user's turn. Blocks while keys are read; may raise `Unavailable`.
type Bearer = Callable[[str], str]


def tool_token(keys: Keys) -> Bearer:
    """Return a function that mints the tool tokens for our own MCP function."""
    return lambda user: TOOL_TOKEN.mint(keys.signing(), user, scope=ALL_TOOLS).token


def token_for(audience: str, keys: Keys) -> Bearer:
    """Return a function that mints JWTs for users, for a server that shares a secret (HS256)."""
    kind = TokenKind(audience=audience, lifetime=TOOL_TOKEN.lifetime, required=("sub",))
    return lambda user: kind.mint(keys.signing(), user).token


def fixed(keys: Keys) -> Bearer:
    """Return a function that returns the secret itself, for a server that has no users."""
    return lambda _user: keys.current().secret
