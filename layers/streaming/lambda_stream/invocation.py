"""One event, from the application's call to the last of the work that it left behind."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any

from mangum.types import ASGI, Scope

from lambda_stream.deadline import Deadline
from lambda_stream.http_cycle import HttpCycle
from lambda_stream.log import log_cancelled, log_fault

type Tasks = set[asyncio.Task[Any]]


class ResponseNotFinishedError(Exception):
    """The application returned before it had sent its whole response."""


class DeadlineReachedError(Exception):
    """The function's timeout is near; the application was cancelled."""


async def serve(
    app: ASGI, scope: Scope, cycle: HttpCycle, deadline: Deadline, *, request_id: str
) -> None:
    """Calls the application; returns when its response is delivered and its work is done.

    The work is the call itself, which may go on after the response (Starlette's background tasks),
    and every task born since it began: once the next event is polled for, Lambda may freeze the
    environment. Whatever is still alive near the deadline is cancelled; the delivery of a response
    that was over by then is waited for until the deadline itself.
    """
    bystanders = asyncio.all_tasks()
    call = asyncio.create_task(_call(app, scope, cycle))
    call.add_done_callback(partial(_report, request_id))
    delivery: asyncio.Task[None] | None = None
    with suppress(TimeoutError):
        async with asyncio.timeout_at(deadline.end):
            try:
                async with asyncio.timeout_at(deadline.cancel_at):
                    await asyncio.wait({call, cycle.over}, return_when=asyncio.FIRST_COMPLETED)
                    delivery = asyncio.create_task(cycle.close(_error_of(call)))
                    bystanders.add(delivery)
                    await asyncio.shield(delivery)
                    await _finish(bystanders)
            except TimeoutError:
                await _cancel(bystanders, deadline, request_id)
                late = DeadlineReachedError("the function's timeout is near")
                await (delivery or cycle.close(late))


async def _call(app: ASGI, scope: Scope, cycle: HttpCycle) -> None:
    await app(scope, cycle.receive, cycle.send)
    if not cycle.over.done():
        raise ResponseNotFinishedError("the application returned without its whole response")


def _error_of(call: asyncio.Task[None]) -> BaseException:
    """Why the call ended, should it have ended before its response."""
    if not call.done() or call.cancelled():
        return asyncio.CancelledError("the application's call was cancelled")
    return call.exception() or ResponseNotFinishedError()


def _report(request_id: str, call: asyncio.Task[None]) -> None:
    if not call.cancelled() and (error := call.exception()):
        log_fault("the application failed", error, request_id=request_id)


async def _finish(bystanders: Tasks) -> None:
    while work := asyncio.all_tasks() - bystanders:
        await asyncio.wait(work)


async def _cancel(bystanders: Tasks, deadline: Deadline, request_id: str) -> None:
    """Cancels what is alive; what that gives birth to, such as a last write, is only awaited."""
    alive = asyncio.all_tasks() - bystanders
    log_cancelled("work was cancelled near the deadline", alive, request_id=request_id)
    for task in alive:
        task.cancel()
    with suppress(TimeoutError):
        async with asyncio.timeout_at(deadline.give_up_at):
            await _finish(bystanders)
