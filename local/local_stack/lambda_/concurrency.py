"""How many invocations may run at the same time, and what happens to one too many.

Source: AWS Lambda Developer Guide, "Understanding Lambda function scaling" and "Configuring
reserved concurrency for a function".
"""

from collections import Counter
from enum import Enum


class Reason(Enum):
    """Why Lambda refuses an invocation, as its Invoke API words it."""

    ACCOUNT = "ConcurrentInvocationLimitExceeded"
    RESERVED = "ReservedFunctionConcurrentInvocationLimitExceeded"


class Throttled(Exception):
    """The invocation would exceed a limit; the function did not run."""

    def __init__(self, function: str, reason: Reason) -> None:
        super().__init__(f"{function}: throttled: {reason.value}")
        self.reason = reason


class Concurrency:
    """The invocations of an account that run, and its limits.

    A function with a reserved limit has that many invocations for itself: nobody else gets them,
    and it gets no more. All others share what is left of the `account`'s limit; None is no limit.
    """

    def __init__(self, account: int | None = None) -> None:
        self.reserved: dict[str, int] = {}
        self.account = account
        self._running: Counter[str] = Counter()

    def enter(self, function: str) -> None:
        """Count an invocation that begins. Raises Throttled."""
        if function in self.reserved:
            if self._running[function] >= self.reserved[function]:
                raise Throttled(function, Reason.RESERVED)
        elif self.account is not None:
            shared = sum(n for name, n in self._running.items() if name not in self.reserved)
            if shared >= self.account - sum(self.reserved.values()):
                raise Throttled(function, Reason.ACCOUNT)
        self._running[function] += 1

    def leave(self, function: str) -> None:
        """Count an invocation that has ended."""
        self._running[function] -= 1
