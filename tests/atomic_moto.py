"""Makes the writes of moto's DynamoDB atomic, as they are in AWS.

moto checks a condition and writes in two steps, so two threads of a test can both pass the check.
"""

import threading
from functools import wraps
from typing import Any

from moto.dynamodb.models import DynamoDBBackend

WRITES = ("put_item", "update_item", "delete_item", "transact_write_items")
_lock = threading.RLock()


def make_writes_atomic() -> None:
    """Let one write at a time through, for every table in this process."""
    for name in WRITES:
        setattr(DynamoDBBackend, name, _one_at_a_time(getattr(DynamoDBBackend, name)))


def _one_at_a_time(write: Any) -> Any:
    @wraps(write)
    def alone(*args: Any, **kwargs: Any) -> Any:
        with _lock:
            return write(*args, **kwargs)

    return alone
