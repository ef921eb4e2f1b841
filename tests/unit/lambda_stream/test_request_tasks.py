"""Tasks that outlive their request: which ones count, and how long they may run."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress

import pytest
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse

from chat_api.turns.turn import Turn
from lambda_stream.asgi import Application, Receive, Scope, Send
from lambda_stream.deadline import Deadline
from lambda_stream.http.cycle import HttpCycle
from lambda_stream.invocation import serve
from tests.loop_clock import LoopClock, let_time_pass
from tests.unit.lambda_stream.recorded_response import RecordedResponse

SECONDS = 10.0
START = {"type": "http.response.start", "status": 200}
LAST = {"type": "http.response.body", "body": b"all"}

type Serve = Callable[[Application], Awaitable[asyncio.Task[None]]]


@pytest.fixture
async def response() -> RecordedResponse:
    return RecordedResponse()


@pytest.fixture
async def serving(loop_clock: LoopClock, response: RecordedResponse) -> Serve:
    """Return a function that serves a request far from its deadline, with a stopped clock."""
    loop_clock.stand_still()
    now = loop_clock()

    async def serving(app: Application) -> asyncio.Task[None]:
        cycle = HttpCycle("POST", b"", response)
        deadline = Deadline(cancel_at=now + 800, give_up_at=now + 850, end=now + 900)
        scope = {"type": "http", "asgi": {"spec_version": "2.3"}}
        serving = asyncio.create_task(
            serve(app, scope, cycle, deadline, request_id="r", leftover_seconds=SECONDS)
        )
        await let_time_pass(loop_clock, 0.02, step=0.001)
        return serving

    return serving


async def run_forever() -> None:
    await asyncio.Event().wait()


async def stubborn() -> None:
    """Ignore the first cancellation. The second comes from the end of the test."""
    with suppress(asyncio.CancelledError):
        await run_forever()
    await run_forever()


def starting(*works: Callable[[], Awaitable[None]]) -> Application:
    """Return an application that starts these tasks and answers without awaiting them."""
    tasks: set[asyncio.Task[None]] = set()

    async def run(work: Callable[[], Awaitable[None]]) -> None:
        await work()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        tasks.update(asyncio.create_task(run(work), name=work.__name__) for work in works)
        await send(START)
        await send(LAST)

    return app


async def test_a_task_that_ends_in_time_is_awaited(
    serving: Serve, loop_clock: LoopClock, capsys: pytest.CaptureFixture[str]
) -> None:
    done = asyncio.Event()

    async def store() -> None:
        await asyncio.sleep(SECONDS - 2)
        done.set()

    request = await serving(starting(store))
    await let_time_pass(loop_clock, SECONDS / 2)
    assert not request.done()
    await let_time_pass(loop_clock, SECONDS / 2)
    assert done.is_set()
    assert request.done()
    assert capsys.readouterr().err == ""


async def test_a_task_that_never_ends_is_canceled_and_logged(
    serving: Serve, loop_clock: LoopClock, capsys: pytest.CaptureFixture[str]
) -> None:
    request = await serving(starting(run_forever))
    await let_time_pass(loop_clock, SECONDS - 2)
    assert not request.done()
    await let_time_pass(loop_clock, SECONDS)
    assert request.done()
    line = capsys.readouterr().err
    assert '"level": "WARNING"' in line
    assert '"message": "tasks that a request left behind were canceled"' in line
    assert '"tasks": ["run_forever: starting.<locals>.run"]' in line


async def test_the_call_and_the_tasks_it_awaits_may_continue(
    serving: Serve, loop_clock: LoopClock
) -> None:
    done = asyncio.Event()

    async def long_work() -> None:
        await asyncio.sleep(SECONDS * 5)
        done.set()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        work = asyncio.create_task(long_work())
        await send(START)
        await send(LAST)
        await work

    request = await serving(app)
    await let_time_pass(loop_clock, SECONDS * 6)
    assert done.is_set()
    assert request.done()


async def test_a_turn_of_the_chat_is_not_cut_when_its_client_has_left(
    serving: Serve, loop_clock: LoopClock, response: RecordedResponse
) -> None:
    written: list[bytes] = []

    async def words() -> AsyncGenerator[bytes]:
        for word in (b"one", b"two"):
            yield word
            await asyncio.sleep(SECONDS * 2)
            written.append(word)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        turn = Turn(aclosing(words()), encode=bytes, seconds=None)
        await turn.begin()
        after = BackgroundTask(turn.finished)
        await receive()
        await StreamingResponse(turn.events(), background=after)(scope, receive, send)

    request = await serving(app)
    response.lost.set_result(None)
    await let_time_pass(loop_clock, SECONDS * 5)
    assert written == [b"one", b"two"]
    assert request.done()


async def test_tasks_of_the_application_itself_are_not_canceled(
    serving: Serve, loop_clock: LoopClock
) -> None:
    """The application starts them at import or in its lifespan; they may start others."""
    children = []

    async def worker() -> None:
        while True:
            await asyncio.sleep(0.5)
            children.append(asyncio.create_task(run_forever()))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(SECONDS)
        await send(START)
        await send(LAST)

    application = asyncio.create_task(worker())
    request = await serving(app)
    await let_time_pass(loop_clock, SECONDS * 1.5)
    assert request.done()
    assert children
    assert not any(task.done() for task in (application, *children))


async def test_a_task_that_ignores_its_cancellation_blocks_nothing(
    serving: Serve, loop_clock: LoopClock, capsys: pytest.CaptureFixture[str]
) -> None:
    request = await serving(starting(stubborn))
    await let_time_pass(loop_clock, SECONDS * 2)
    assert request.done()
    assert '"message": "canceled tasks did not end", "request_id": "r"' in capsys.readouterr().err


async def test_an_abandoned_task_is_not_counted_again(
    serving: Serve, loop_clock: LoopClock, response: RecordedResponse
) -> None:
    await serving(starting(stubborn))
    await let_time_pass(loop_clock, SECONDS * 2)
    assert (await serving(starting())).done()


async def test_a_canceled_task_may_clean_up(serving: Serve, loop_clock: LoopClock) -> None:
    done = asyncio.Event()

    async def last_write() -> None:
        await asyncio.sleep(0.5)
        done.set()

    async def orderly() -> None:
        try:
            await run_forever()
        finally:
            await asyncio.create_task(last_write())

    request = await serving(starting(orderly))
    await let_time_pass(loop_clock, SECONDS * 2)
    assert done.is_set()
    assert request.done()
