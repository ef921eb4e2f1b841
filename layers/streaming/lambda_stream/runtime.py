"""The life of a function process: import, startup, one event after another, shutdown."""

import asyncio
import importlib
import signal
from collections.abc import MutableMapping

from mangum.types import ASGI

from lambda_stream.buffered import BufferedResponse
from lambda_stream.context import Context
from lambda_stream.deadline import Deadline
from lambda_stream.fault import Fault
from lambda_stream.http_cycle import HttpCycle
from lambda_stream.invocation import serve
from lambda_stream.lifespan import Lifespan
from lambda_stream.log import log_fault, log_lost_error
from lambda_stream.proxy_event import proxy_event
from lambda_stream.response import Response, StreamedResponse
from lambda_stream.runtime_api import Invocation, RuntimeApi
from lambda_stream.snapshot import pass_snapshot

type Environ = MutableMapping[str, str]


class HandlerNotFoundError(Exception):
    """`_HANDLER` does not name an application."""


async def run(environ: Environ) -> int:
    """Serves events until SIGTERM; the result is the exit status of the process.

    Raises OSError when the Runtime API is gone."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(log_lost_error)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    api = RuntimeApi(environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        app = load_application(environ["_HANDLER"])
        lifespan = Lifespan(app)
        await lifespan.startup()
    except Exception as error:
        log_fault("the function could not be initialized", error, own=True)
        await api.post_init_error(Fault.of(error))
        return 1
    snap_start = environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"
    if snap_start and (status := await pass_snapshot(api)):
        return status
    while invocation := await _next(api, stopped):
        await _handle(app, invocation, api, lifespan, environ)
    await lifespan.shutdown()
    return 0


def load_application(handler: str) -> ASGI:
    """The ASGI application that `handler`, "package.module.attribute", names.

    Raises HandlerNotFoundError, and whatever the import raises."""
    module, _, attribute = handler.rpartition(".")
    if not module:
        raise HandlerNotFoundError(f"handler '{handler}' is not of the form module.attribute")
    app: ASGI | None = getattr(importlib.import_module(module), attribute, None)
    if not callable(app):
        raise HandlerNotFoundError(f"module '{module}' has no application '{attribute}'")
    return app


async def _next(api: RuntimeApi, stopped: asyncio.Event) -> Invocation | None:
    """The next event, or None when the process is asked to end first."""
    poll = asyncio.create_task(api.next())
    stop = asyncio.create_task(stopped.wait())
    await asyncio.wait({poll, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if poll.done():
        return poll.result()
    poll.cancel()
    return None


async def _handle(
    app: ASGI, invocation: Invocation, api: RuntimeApi, lifespan: Lifespan, environ: Environ
) -> None:
    _set_trace_id(invocation.trace_id, environ)
    kind = BufferedResponse if environ.get("AWS_SAM_LOCAL") == "true" else StreamedResponse
    response: Response = kind(api, invocation)
    try:
        event = proxy_event(invocation.payload, Context.of(invocation, environ))
        scope, body = {**event.scope, "state": lifespan.state.copy()}, event.body
    except Exception as error:
        log_fault("the event could not be read", error, request_id=invocation.request_id)
        await HttpCycle(b"", response).close(error)
        return
    cycle = HttpCycle(body, response)
    deadline = Deadline.of(invocation.deadline_ms)
    await serve(app, scope, cycle, deadline, request_id=invocation.request_id)


def _set_trace_id(trace_id: str | None, environ: Environ) -> None:
    """Where the X-Ray SDK and OpenTelemetry look for the invocation's trace."""
    if trace_id:
        environ["_X_AMZN_TRACE_ID"] = trace_id
    else:
        environ.pop("_X_AMZN_TRACE_ID", None)
