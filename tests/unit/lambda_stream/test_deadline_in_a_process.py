"""Near its deadline, the runtime ends an invocation before Lambda does.

The applications move the clock of their own event loop: no real time has to pass.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.lambda_stream.conftest import StartFunction

type MakeEvent = Callable[..., bytes]


async def test_an_application_without_a_response_becomes_an_error(
    start: "StartFunction", make_event: MakeEvent
) -> None:
    function = await start("apps.endless")
    await function.polled()
    reply = await function.invoke(make_event(path="/silent"))
    assert await reply.error_type() == "DeadlineReachedError"
    await function.polled()


async def test_a_canceled_application_may_still_write(
    start: "StartFunction", make_event: MakeEvent
) -> None:
    function = await start("apps.endless")
    await function.polled()
    reply = await function.invoke(make_event(path="/last-words"))
    assert await reply.body() == b"some;last words"
    assert await reply.error_type() == "DeadlineReachedError"
    await function.polled()


async def test_a_canceled_application_may_end_its_response_itself(
    start: "StartFunction", make_event: MakeEvent
) -> None:
    function = await start("apps.endless")
    await function.polled()
    reply = await function.invoke(make_event(path="/in-order"))
    assert await reply.body() == b"some;last words"
    assert reply.answer.error is None
    await function.polled()


async def test_an_application_that_does_not_stop_is_abandoned(
    start: "StartFunction", make_event: MakeEvent
) -> None:
    function = await start("apps.endless")
    await function.polled()
    for _ in range(2):
        reply = await function.invoke(make_event(path="/stubborn"))
        assert await reply.body() == b"some;"
        assert await reply.error_type() == "DeadlineReachedError"
    await function.polled()


async def test_work_after_the_response_is_canceled_too(
    start: "StartFunction", make_event: MakeEvent
) -> None:
    function = await start("apps.endless")
    await function.polled()
    reply = await function.invoke(make_event(path="/afterwards"))
    assert await reply.body() == b"all"
    assert reply.answer.error is None
    await function.polled()
    (line,) = function.log()
    assert line["message"] == "work was canceled near the deadline"


async def test_a_canceled_fastapi_stream_may_still_write(
    start: "StartFunction", make_event: MakeEvent
) -> None:
    function = await start("fastapi_app.app")
    await function.polled()
    reply = await function.invoke(make_event(path="/endless"))
    assert await reply.body() == b"one;cancelled;"
    assert await reply.error_type() == "DeadlineReachedError"
    await function.polled()
