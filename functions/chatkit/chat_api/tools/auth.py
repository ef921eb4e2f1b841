"""What stands in the Authorization header of a turn's requests: one token a turn and a server."""

from collections.abc import Callable

from chatcore.auth.keys import Keys
from chatcore.auth.tokens import ALL_TOOLS, TOOL_TOKEN, TokenKind

# Makes the token of a user's turn. Blocks while keys are read; may raise `Unavailable`.
type Bearer = Callable[[str], str]


def tool_token(keys: Keys) -> Bearer:
    """For our own MCP function."""
    return lambda user: TOOL_TOKEN.mint(keys.signing(), user, scope=ALL_TOOLS).token


def token_for(audience: str, keys: Keys) -> Bearer:
    """For a server that shares a secret with us: a JWT (HS256) that names the user."""
    kind = TokenKind(audience=audience, lifetime=TOOL_TOKEN.lifetime, required=("sub",))
    return lambda user: kind.mint(keys.signing(), user).token


def fixed(keys: Keys) -> Bearer:
    """For a server that knows no users: the secret itself."""
    return lambda _user: keys.current().secret
