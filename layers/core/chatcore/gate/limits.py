"""Usage limits, and the errors that report them. A limit of 0 means no limit."""

from dataclasses import dataclass

from chatcore.errors import Conflict, TooManyRequests, Unavailable

MINUTE = 60
DAY = 86_400
# The end of a turn is not known in advance. This wait is long enough to avoid constant retries.
SOON = 5


@dataclass(frozen=True)
class Limits:
    """Limits for one session and one user.

    They limit a session's messages per minute, and a user's messages per minute, answers running at
    once, tokens per day (UTC), and requests per minute that open no turn.
    """

    session_per_minute: int = 0
    user_per_minute: int = 0
    running_turns: int = 0
    tokens_per_day: int = 0
    user_requests_per_minute: int = 0


def too_fast(now: float) -> TooManyRequests:
    wait = MINUTE - int(now % MINUTE)
    return TooManyRequests(
        f"You are sending messages too fast. Please wait {wait} seconds.", retry_after=wait
    )


def too_many_requests(now: float) -> TooManyRequests:
    wait = MINUTE - int(now % MINUTE)
    return TooManyRequests(f"Too many requests. Please wait {wait} seconds.", retry_after=wait)


def too_many_running() -> TooManyRequests:
    return TooManyRequests(
        "Your other answers are still being written. Wait for one to finish, or stop one.",
        retry_after=SOON,
    )


def daily_limit_reached(now: float) -> TooManyRequests:
    return TooManyRequests(
        "You have reached your limit for today. Your daily limit resets at midnight UTC.",
        retry_after=DAY - int(now % DAY),
    )


def too_many_sessions() -> TooManyRequests:
    return TooManyRequests(
        "You have opened too many chats in a short time. Please wait a few minutes.",
        retry_after=MINUTE,
    )


def thread_busy() -> Conflict:
    return Conflict(
        "An answer is still being written in this chat. Wait for it to finish, or stop it."
    )


def too_many_at_once() -> Unavailable:
    return Unavailable("Too many requests at once. Please try again.")
