"""The start and end of a function process."""

import json
import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.lambda_stream.conftest import Gates, StartFunction


@pytest.mark.parametrize(
    ("handler", "error_type"),
    [
        ("no_such_module.app", "ModuleNotFoundError"),
        ("apps.no_such_app", "HandlerNotFoundError"),
        ("apps.TASKS", "HandlerNotFoundError"),
        ("lifespan_apps.fails", "StartupFailedError"),
    ],
)
async def test_a_function_that_cannot_start_logs_why_and_exits(
    start: "StartFunction", handler: str, error_type: str
) -> None:
    function = await start(handler)
    assert await function.exit_status() == 1
    assert function.api.init_error is not None
    assert function.api.init_error.type == error_type
    assert [line["error_type"] for line in function.log()] == [error_type]


async def test_a_handler_without_a_module_is_refused(start: "StartFunction") -> None:
    function = await start("apps.empty", _HANDLER="app")
    assert await function.exit_status() == 1
    assert function.api.init_error is not None
    message = "handler 'app' does not have the form module.attribute"
    assert function.api.init_error.message == message
    assert [line["error_message"] for line in function.log()] == [message]


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "inf", "901"])
async def test_a_setting_that_is_not_a_number_of_seconds_is_refused(
    start: "StartFunction", text: str
) -> None:
    function = await start("apps.empty", LAMBDA_STREAM_LEFTOVER_SECONDS=text)
    assert await function.exit_status() == 1
    assert function.api.init_error is not None
    message = "LAMBDA_STREAM_LEFTOVER_SECONDS must be a number of seconds, 0 to 900"
    assert function.api.init_error.message == message


async def test_a_failed_start_is_reported_to_the_runtime_api(start: "StartFunction") -> None:
    function = await start("lifespan_apps.fails")
    reply = await function.invoke()
    assert reply.answer.error is not None
    assert json.loads(reply.answer.error.payload)["errorMessage"] == "no table"


async def test_every_request_has_the_state_made_at_startup(start: "StartFunction") -> None:
    function = await start("lifespan_apps.keeps_state")
    for _ in range(2):
        assert await (await function.invoke()).body() == b"at startup"


async def test_sigterm_between_events_shuts_the_application_down(
    start: "StartFunction", capfd: pytest.CaptureFixture[str]
) -> None:
    function = await start("lifespan_apps.keeps_state")
    await function.polled()
    function.process.send_signal(signal.SIGTERM)
    assert await function.exit_status() == 0
    assert capfd.readouterr().out == "shut down\n"


async def test_a_shutdown_that_fails_is_logged(start: "StartFunction") -> None:
    function = await start("lifespan_apps.fails_to_stop")
    await function.polled()
    function.process.send_signal(signal.SIGTERM)
    assert await function.exit_status() == 0
    assert [line["error_message"] for line in function.log()] == ["still busy"]


async def test_sigterm_within_an_event_waits_for_its_end(
    start: "StartFunction", gates: "Gates"
) -> None:
    function = await start("apps.two_chunks")
    reply = await function.invoke()
    await gates.reached("first")
    function.process.send_signal(signal.SIGTERM)
    for name in ("first", "second", "end"):
        gates.open(name)
    assert await reply.body() == b"one;two;"
    assert await function.exit_status() == 0


async def test_a_process_without_its_runtime_api_exits(start: "StartFunction") -> None:
    function = await start("apps.empty", AWS_LAMBDA_RUNTIME_API="127.0.0.1:1")
    assert await function.exit_status() == 1
    assert [line["message"] for line in function.log()] == ["the Runtime API cannot be reached"]
