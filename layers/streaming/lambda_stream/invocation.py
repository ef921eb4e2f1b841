"""One event, from the call of the application to the end of the tasks that it left behind."""

import asyncio
from contextlib import suppress
from functools import partial

from lambda_stream.asgi import Application, Scope
from lambda_stream.deadline import Deadline
from lambda_stream.http.cycle import HttpCycle
from lambda_stream.log import log_error
from lambda_stream.request_tasks import RequestTasks


class ResponseNotFinishedError(Exception):
    """The application returned before it had sent its whole response."""


class DeadlineReachedError(Exception):
    """The function's timeout is near; the application was canceled."""


async def serve(
    app: Application,
    scope: Scope,
    cycle: HttpCycle,
    deadline: Deadline,
    *,
    request_id: str,
    leftover_seconds: float,
) -> None:
    """Call the application. Return when its response is delivered and its tasks have ended.

    The call may continue after the response (Starlette's background tasks, a chat turn) until the
    deadline. Tasks still running after the call have `leftover_seconds` to end before they are
    canceled, because Lambda may freeze the environment as soon as the runtime asks for the next
    event. Near the deadline everything is canceled. A response that was complete by then may still
    be delivered until the deadline.
    """
    tasks = RequestTasks(request_id)
    call = tasks.start(_call(app, scope, cycle))
    call.add_done_callback(partial(_report, request_id))
    delivery: asyncio.Task[None] | None = None
    with suppress(TimeoutError):
        async with asyncio.timeout_at(deadline.end):
            try:
                async with asyncio.timeout_at(deadline.cancel_at):
                    await asyncio.wait({call, cycle.completed}, return_when=asyncio.FIRST_COMPLETED)
                    delivery = asyncio.create_task(cycle.close(_error_of(call)))
                    await asyncio.shield(delivery)
                    await asyncio.wait({call})
                    await tasks.end_leftovers(leftover_seconds)
            except TimeoutError:
                await tasks.cancel("work was canceled near the deadline", deadline.give_up_at)
                error = DeadlineReachedError("the function's timeout is near")
                await (delivery or cycle.close(error))


async def _call(app: Application, scope: Scope, cycle: HttpCycle) -> None:
    await app(scope, cycle.receive, cycle.send)
    if cycle.is_open:
        raise ResponseNotFinishedError("the application returned without its whole response")


def _error_of(call: asyncio.Task[None]) -> BaseException:
    """Return the error that ended the call, for a call that ended before its response."""
    if not call.done() or call.cancelled():
        return asyncio.CancelledError("the application's call was canceled")
    return call.exception() or ResponseNotFinishedError()


def _report(request_id: str, call: asyncio.Task[None]) -> None:
    if not call.cancelled() and (error := call.exception()):
        log_error("the application failed", error, request_id=request_id)
