"""Makes the writes of moto's DynamoDB atomic, as they are in AWS.

moto checks a condition and writes in two steps, so two threads of a test can both pass the check.
"""

import threading
from collections.abc import Callable
from functools import wraps

from moto.dynamodb.models import DynamoDBBackend

WRITES = ("put_item", "update_item", "delete_item", "transact_write_items")
_lock = threading.RLock()


def make_writes_atomic() -> None:
    """Run the writes to all tables of this process one at a time."""
    for name in WRITES:
        setattr(DynamoDBBackend, name, _locked(getattr(DynamoDBBackend, name)))


def _locked[**P, T](write: Callable[P, T]) -> Callable[P, T]:
    @wraps(write)
    def locked(*args: P.args, **kwargs: P.kwargs) -> T:
        with _lock:
            return write(*args, **kwargs)

    return locked
