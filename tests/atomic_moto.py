"""Makes the calls of moto's DynamoDB atomic, as they are in AWS.

moto checks a condition and writes in two steps, so two threads of a test can both pass the check.
It also puts an answer together while another thread changes the row.
"""

import threading
from collections.abc import Callable
from functools import wraps

from moto.dynamodb.responses import DynamoHandler

_lock = threading.RLock()


def make_calls_atomic() -> None:
    """Run the calls to all tables of this process one at a time."""
    setattr(DynamoHandler, "call_action", _locked(DynamoHandler.call_action))  # noqa: B010


def _locked[**P, T](call: Callable[P, T]) -> Callable[P, T]:
    @wraps(call)
    def locked(*args: P.args, **kwargs: P.kwargs) -> T:
        with _lock:
            return call(*args, **kwargs)

    return locked
