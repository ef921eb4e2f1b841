"""The lifecycle of a function process: import, startup, events, shutdown."""

import asyncio
import importlib
import signal
from collections.abc import MutableMapping
from dataclasses import dataclass

from lambda_stream.asgi import Application, Scope
from lambda_stream.context import Context
from lambda_stream.deadline import Deadline
from lambda_stream.error_report import ErrorReport
from lambda_stream.http.bad_request import bad_request
from lambda_stream.http.buffered_response import BufferedResponse
from lambda_stream.http.cycle import HttpCycle
from lambda_stream.http.proxy_event import MalformedEventError, read_event
from lambda_stream.http.request import read_request
from lambda_stream.http.response import Response, StreamedResponse
from lambda_stream.invocation import serve
from lambda_stream.lifespan import Lifespan
from lambda_stream.log import log_error, log_lost_error
from lambda_stream.runtime_api import Invocation, RuntimeApi
from lambda_stream.settings import leftover_seconds
from lambda_stream.snapstart import run_snapstart_hooks

type Environ = MutableMapping[str, str]


class HandlerNotFoundError(Exception):
    """`_HANDLER` does not name an application."""


@dataclass(frozen=True)
class Function:
    """A started application, and what is needed to serve it."""

    app: Application
    lifespan: Lifespan
    api: RuntimeApi
    environ: Environ
    leftover_seconds: float


async def run(environ: Environ) -> int:
    """Serve events until SIGTERM or SIGINT, and return the exit status of the process.

    Raise OSError when the Runtime API cannot be reached.
    """
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(log_lost_error)
    stopped = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stopped.set)
    api = RuntimeApi(environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        seconds = leftover_seconds(environ)
        app = load_application(environ["_HANDLER"])
        function = Function(app, Lifespan(app), api, environ, seconds)
        await function.lifespan.startup()
    except Exception as error:
        log_error("the function could not be initialized", error, with_message=True)
        await api.post_init_error(ErrorReport.of(error))
        return 1
    snap_start = environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"
    if snap_start and (status := await run_snapstart_hooks(api)):
        return status
    while invocation := await _next(api, stopped):
        await _handle(function, invocation)
    await function.lifespan.shutdown()
    return 0


def load_application(handler: str) -> Application:
    """Return the ASGI application that `handler`, "package.module.attribute", names.

    Raise HandlerNotFoundError, and whatever the import raises.
    """
    module, _, attribute = handler.rpartition(".")
    if not module:
        raise HandlerNotFoundError(f"handler '{handler}' does not have the form module.attribute")
    app: Application | None = getattr(importlib.import_module(module), attribute, None)
    if not callable(app):
        raise HandlerNotFoundError(f"module '{module}' has no application '{attribute}'")
    return app


async def _next(api: RuntimeApi, stopped: asyncio.Event) -> Invocation | None:
    """Return the next event, or None if the process is asked to end first."""
    poll = asyncio.create_task(api.next())
    stop = asyncio.create_task(stopped.wait())
    await asyncio.wait({poll, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if poll.done():
        return poll.result()
    poll.cancel()
    return None


async def _handle(function: Function, invocation: Invocation) -> None:
    _set_trace_id(invocation.trace_id, function.environ)
    buffered = function.environ.get("AWS_SAM_LOCAL") == "true"
    response_class = BufferedResponse if buffered else StreamedResponse
    response: Response = response_class(function.api, invocation)
    try:
        app, scope, body = _read(function, invocation)
    except Exception as error:
        log_error("the event could not be read", error, request_id=invocation.request_id)
        await HttpCycle("", b"", response).close(error)
        return
    await serve(
        app,
        scope,
        HttpCycle(scope["method"], body, response),
        Deadline.of(invocation.deadline_ms),
        request_id=invocation.request_id,
        leftover_seconds=function.leftover_seconds,
    )


def _read(function: Function, invocation: Invocation) -> tuple[Application, Scope, bytes]:
    """Return the application that answers the event, with its scope and body.

    A malformed event is answered with 400. Raise NotAProxyEventError.
    """
    event = read_event(invocation.payload)
    try:
        scope, body = read_request(event, Context.of(invocation, function.environ))
    except MalformedEventError as error:
        log_error(
            "the event is malformed", error, request_id=invocation.request_id, with_message=True
        )
        return bad_request(error), {"method": ""}, b""
    return function.app, {**scope, "state": function.lifespan.state.copy()}, body


def _set_trace_id(trace_id: str | None, environ: Environ) -> None:
    """Set the variable in which the X-Ray SDK and OpenTelemetry look for the trace."""
    if trace_id:
        environ["_X_AMZN_TRACE_ID"] = trace_id
    else:
        environ.pop("_X_AMZN_TRACE_ID", None)
