"""How much a user may use: the limits and the sentences of a refusal. 0 means no limit."""

from dataclasses import dataclass

from chatcore.errors import Conflict, TooManyRequests

MINUTE = 60
DAY = 86_400
# When a turn of the user's will be over nobody knows; long enough not to be asked all the time.
SOON = 5


@dataclass(frozen=True)
class Limits:
    """Messages a minute of a session and of a user, running answers, tokens a day (UTC)."""

    session_per_minute: int = 0
    user_per_minute: int = 0
    running_turns: int = 0
    tokens_per_day: int = 0


def too_fast(now: float) -> TooManyRequests:
    wait = MINUTE - int(now % MINUTE)
    return TooManyRequests(
        f"You are sending messages too fast. Please wait {wait} seconds.", retry_after=wait
    )


def too_many_running() -> TooManyRequests:
    return TooManyRequests(
        "Other answers of yours are still being written. Wait for one of them, or stop it.",
        retry_after=SOON,
    )


def used_up(now: float) -> TooManyRequests:
    return TooManyRequests(
        "You have used up what you may use in a day. It starts anew at midnight UTC.",
        retry_after=DAY - int(now % DAY),
    )


def too_many_sessions() -> TooManyRequests:
    return TooManyRequests(
        "You have opened too many chats in a short time. Please wait a few minutes.",
        retry_after=MINUTE,
    )


def busy() -> Conflict:
    return Conflict("This chat is still being answered. Wait for the answer, or stop it.")
