"""The runtime's own log: one JSON object per line on stderr."""

import asyncio
import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from lambda_stream.error_report import ErrorReport


def log_error(
    event: str, error: BaseException, *, request_id: str | None = None, with_message: bool = False
) -> None:
    """Log an error's type, where it was raised and, `with_message`, its message.

    Exceptions often quote their input, and no part of a request may appear in a log. Pass
    `with_message` only for an error that cannot quote a request.
    """
    report = ErrorReport.of(error)
    line = {
        "level": "ERROR",
        "message": event,
        "request_id": request_id,
        "error_type": report.type,
        "error_message": report.message if with_message else None,
        "stack_trace": report.stack_trace,
    }
    print(json.dumps(line), file=sys.stderr, flush=True)


def log_tasks(
    event: str, tasks: Iterable[asyncio.Task[Any]], *, request_id: str, level: str = "ERROR"
) -> None:
    """Log tasks by name and coroutine only, because their arguments may be part of a request."""
    names = sorted(f"{task.get_name()}: {_coroutine_of(task)}" for task in tasks)
    line = {"level": level, "message": event, "request_id": request_id, "tasks": names}
    print(json.dumps(line), file=sys.stderr, flush=True)


def _coroutine_of(task: asyncio.Task[Any]) -> str:
    coroutine = task.get_coro()
    return str(getattr(coroutine, "__qualname__", type(coroutine).__qualname__))


def log_lost_error(_loop: asyncio.AbstractEventLoop, context: Mapping[str, object]) -> None:
    """Log an error of a task that nothing awaits. This is the event loop's exception handler."""
    error = context.get("exception")
    if isinstance(error, BaseException):
        log_error("an error was not handled", error)
