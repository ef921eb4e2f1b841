"""What a session is: a signed-in user's short-lived right to chat."""

import secrets
from dataclasses import dataclass

from chatcore.keys import Keys
from chatcore.tokens import CLIENT_SECRET


@dataclass(frozen=True)
class Session:
    """An answer to POST /api/chatkit/session; `expires_at` in seconds since 1970."""

    id: str
    client_secret: str
    expires_at: int
    user: str


def open_session(keys: Keys, user: str) -> Session:
    """Mint a client_secret for a user whom the login has vouched for."""
    session_id = f"sess_{secrets.token_hex(16)}"
    minted = CLIENT_SECRET.mint(keys.current(), user, sid=session_id)
    return Session(session_id, minted.token, minted.expires_at, user)
