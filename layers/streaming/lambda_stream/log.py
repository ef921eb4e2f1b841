"""What the runtime itself has to say, on stderr, one JSON line each."""

import asyncio
import json
import sys
from collections.abc import Mapping

from lambda_stream.fault import Fault


def log_fault(
    event: str, error: BaseException, *, request_id: str | None = None, own: bool = False
) -> None:
    """Logs where an error arose; its text only if it is the runtime's `own`, outside of requests:
    exceptions quote what they could not digest, and no part of a request belongs in a log."""
    fault = Fault.of(error)
    line = {
        "level": "ERROR",
        "message": event,
        "request_id": request_id,
        "error_type": fault.type,
        "error_message": fault.message if own else None,
        "stack_trace": fault.stack_trace,
    }
    print(json.dumps(line), file=sys.stderr, flush=True)


def log_lost_error(_loop: asyncio.AbstractEventLoop, context: Mapping[str, object]) -> None:
    """The event loop's exception handler: for errors of tasks that nobody waits for."""
    error = context.get("exception")
    if isinstance(error, BaseException):
        log_fault("an error was not handled", error)
