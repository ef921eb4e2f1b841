"""The CPU time spent in AWS clients."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class ClientTime:
    """Sums the CPU time of a client's calls from any thread."""

    def __init__(self, client: DynamoDBClient) -> None:
        self._started = threading.local()
        # Appending is atomic; adding to a number is not.
        self._seconds: list[float] = []
        # The first and the last event of a call (client.py of botocore).
        client.meta.events.register_first("provide-client-params.*.*", self._begin)
        client.meta.events.register_last("after-call.*.*", self._end)

    def take(self) -> float:
        """Return the seconds since the last call, and start again at zero."""
        seconds, self._seconds = self._seconds, []
        return sum(seconds)

    def _begin(self, **_: Any) -> None:
        self._started.at = time.thread_time()

    def _end(self, **_: Any) -> None:
        self._seconds.append(time.thread_time() - self._started.at)
