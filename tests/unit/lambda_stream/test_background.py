"""Work after a response still belongs to its invocation."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.lambda_stream.conftest import Gates, StartFunction

type MakeEvent = Callable[..., bytes]


async def test_a_response_is_complete_while_its_background_work_continues(
    start: "StartFunction",
) -> None:
    function = await start("apps.continues_after_response")
    reply = await function.invoke()
    assert await reply.body() == b"all"
    assert not function.api.idle


async def test_the_next_event_is_polled_for_when_the_call_has_ended(
    start: "StartFunction", gates: "Gates"
) -> None:
    function = await start("apps.continues_after_response")
    for name in ("time passes", "stray", "stray end"):
        gates.open(name)
    await (await function.invoke()).body()
    await gates.reached("call")
    assert not function.api.idle
    gates.open("call")
    await function.polled()


async def test_the_next_event_is_polled_for_when_every_task_has_ended(
    start: "StartFunction", gates: "Gates"
) -> None:
    function = await start("apps.continues_after_response")
    gates.open("time passes")
    gates.open("call")
    await (await function.invoke()).body()
    await gates.reached("call")
    gates.open("stray")
    await gates.reached("stray end")
    assert not function.api.idle
    gates.open("stray end")
    await function.polled()


async def test_a_task_that_never_ends_is_canceled_and_logged(start: "StartFunction") -> None:
    function = await start("apps.leaves_a_task", LAMBDA_STREAM_LEFTOVER_SECONDS="0")
    assert await (await function.invoke()).body() == b"all"
    await function.polled()
    (line,) = function.log()
    assert line["message"] == "tasks that a request left behind were canceled"
    assert line["tasks"] == ["keeper: keep_alive"]


async def test_fastapi_streams_and_runs_its_background_tasks(
    start: "StartFunction", gates: "Gates"
) -> None:
    function = await start("fastapi_app.app")
    reply = await function.invoke()
    assert (await reply.prelude())["statusCode"] == 200
    assert await reply.until(b";") == b"one"
    gates.open("second")
    assert await reply.rest() == b"two;"
    await gates.reached("background")
    gates.open("background")
    await function.polled()


async def test_fastapi_is_disconnected_after_its_response_and_not_before(
    start: "StartFunction", gates: "Gates", make_event: MakeEvent
) -> None:
    function = await start("fastapi_app.app")
    gates.open("within: False")
    assert await (await function.invoke(make_event(path="/looks"))).body() == b"all"
    await gates.reached("is_disconnected: True")
    gates.open("is_disconnected: True")
    await function.polled()


async def test_fastapi_answers_its_own_error_and_the_runtime_continues(
    start: "StartFunction", make_event: MakeEvent
) -> None:
    function = await start("fastapi_app.app")
    for _ in range(2):
        reply = await function.invoke(make_event(path="/faulty"))
        assert (await reply.prelude())["statusCode"] == 500
        assert await reply.rest() == b"Internal Server Error"
