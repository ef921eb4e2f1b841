"""Runs moto's DynamoDB calls one at a time, because AWS makes each single-item call atomic.

moto checks a condition and writes in two steps, so two threads of a test can both pass the check.
It also builds a response from a row that another thread may be changing.
"""

import threading
from collections.abc import Callable
from functools import wraps

from moto.dynamodb.responses import DynamoHandler

_lock = threading.RLock()


def make_calls_atomic() -> None:
    """Make each DynamoDB call in this process wait for the one before it."""
    setattr(DynamoHandler, "call_action", _locked(DynamoHandler.call_action))  # noqa: B010


def _locked[**P, T](call: Callable[P, T]) -> Callable[P, T]:
    @wraps(call)
    def locked(*args: P.args, **kwargs: P.kwargs) -> T:
        with _lock:
            return call(*args, **kwargs)

    return locked
