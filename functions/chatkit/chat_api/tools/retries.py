"""Which refused Invokes are sent again, and when.

The function did not run when Lambda answers with an error of its own: "Error codes are reserved
for errors that prevent your function from executing" (AWS Lambda API Reference, Invoke). Two
groups are excluded nevertheless. `ServiceException`, and every 5xx that Lambda does not name, come
from inside the service or from in front of it, at an unknown moment, so the function may have run.
Quotas, permissions, keys and broken settings do not change within seconds.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError

from chat_api.turns.deadline import turn_ends

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError

# Errors for which the API Reference advises to wait and try again.
NEVER_RAN = frozenset(
    {
        "CodeArtifactUserPendingException",
        "EC2ThrottledException",
        "ENINotReadyException",
        "ResourceConflictException",
        "ResourceNotReadyException",
        "SnapStartNotReadyException",
        "TooManyRequestsException",
    }
)
TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500
# No connection was made, so the request was never sent.
NEVER_SENT = (ConnectTimeoutError, EndpointConnectionError)


@dataclass(frozen=True)
class InvokeRetries:
    """Wait a random part of a ceiling that doubles from `first` to `longest` seconds.

    An attempt begins at most `seconds` after the first one, and within half of what is left of the
    turn: the model still has to answer.
    """

    first: float = 0.2
    longest: float = 2.0
    # Less than the wait for a list of tools (`Waits.first_list`), so that a throttled function
    # does not count as a silent one.
    seconds: float = 10.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random

    def begin(self) -> Attempts:
        """Begin a call, and return its attempts."""
        now, ends = self.clock(), turn_ends.get()
        left = self.seconds if ends is None else min(self.seconds, (ends - now) / 2)
        return Attempts(self, now + left, self.first)


DEFAULT_RETRIES = InvokeRetries()


@dataclass
class Attempts:
    """The attempts of one call; `until` is when the last one may begin."""

    retries: InvokeRetries
    until: float
    ceiling: float
    made: int = field(default=1, init=False)

    async def wait_after(self, error: BotoCoreError | ClientError) -> bool:
        """Wait before the next attempt. Return False when the call must not be repeated."""
        if not never_ran(error):
            return False
        wait = _retry_after(error) + self.retries.random() * self.ceiling
        if self.retries.clock() + wait > self.until:
            return False
        self.ceiling = min(2 * self.ceiling, self.retries.longest)
        self.made += 1
        await self.retries.sleep(wait)
        return True


def never_ran(error: BotoCoreError | ClientError) -> bool:
    """Return whether the function cannot have run, and may be free within seconds."""
    if not isinstance(error, ClientError):
        return isinstance(error, NEVER_SENT)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return status == TOO_MANY_REQUESTS or error.response["Error"].get("Code") in NEVER_RAN


def may_have_run(error: BotoCoreError | ClientError) -> bool:
    """Return whether the function may have run despite the error.

    Every error that Lambda names for Invoke ends in "Exception" and means that the function did
    not run, except `ServiceException`.
    """
    if not isinstance(error, ClientError):
        return not isinstance(error, NEVER_SENT)
    code = error.response["Error"].get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    named = code.endswith("Exception") and code != "ServiceException"
    return not named and (status >= SERVER_ERROR or code == "ServiceException")


def _retry_after(error: BotoCoreError | ClientError) -> float:
    """Return the seconds that Lambda asks for; 0 when it asks for none."""
    if not isinstance(error, ClientError):
        return 0.0
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    value = headers.get("retry-after", "")
    return float(value) if value.isascii() and value.isdecimal() else 0.0
