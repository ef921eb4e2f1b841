"""Lambda's limits on concurrent invocations.

Source: AWS Lambda Developer Guide, "Understanding Lambda function scaling" and "Configuring
reserved concurrency for a function".
"""

from collections import Counter
from enum import Enum


class Reason(Enum):
    """Why Lambda throttles an invocation, in the words of its Invoke API."""

    ACCOUNT = "ConcurrentInvocationLimitExceeded"
    RESERVED = "ReservedFunctionConcurrentInvocationLimitExceeded"


class Throttled(Exception):
    """The invocation would exceed a limit; the function did not run."""

    def __init__(self, function: str, reason: Reason) -> None:
        super().__init__(f"{function}: throttled: {reason.value}")
        self.reason = reason


class Concurrency:
    """The running invocations of an account, and its limits.

    A function with reserved concurrency may use all of it and no more, and no other function may
    use it. All others share the rest of the account's limit, `account`; None means no limit.
    """

    def __init__(self, account: int | None = None) -> None:
        self.reserved: dict[str, int] = {}
        self.account = account
        self._running: Counter[str] = Counter()

    def enter(self, function: str) -> None:
        """Count an invocation that begins. Raise Throttled when it exceeds a limit."""
        if function in self.reserved:
            if self._running[function] >= self.reserved[function]:
                raise Throttled(function, Reason.RESERVED)
        elif self.account is not None:
            shared = sum(
                count for name, count in self._running.items() if name not in self.reserved
            )
            if shared >= self.account - sum(self.reserved.values()):
                raise Throttled(function, Reason.ACCOUNT)
        self._running[function] += 1

    def leave(self, function: str) -> None:
        """Count an invocation that has ended."""
        self._running[function] -= 1
