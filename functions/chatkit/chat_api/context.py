"""Who asks, and within which turn."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ChatContext:
    """Handed to every hook and store call of one request; `user` is from a verified token only."""

    user: str
    session_id: str
    turn_id: str
