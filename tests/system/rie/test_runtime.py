"""The streaming runtime under AWS's emulator."""

from typing import TYPE_CHECKING

import pytest

from tests.system.rie.conftest import LONG_TRAILER

if TYPE_CHECKING:
    from tests.system.rie.conftest import StartRie

APPS = "tests.system.rie.apps"
PRELUDE = {
    "statusCode": 200,
    "headers": {"content-type": "text/plain"},
    "multiValueHeaders": {},
    "cookies": ["a=1"],
}


async def test_one_process_answers_several_invocations(start: "StartRie") -> None:
    rie = await start(f"{APPS}.whole")
    assert await rie.streamed() == (PRELUDE, b"request 1")
    assert await rie.streamed() == (PRELUDE, b"request 2")


async def test_an_empty_body_is_sent_as_a_prelude_and_a_newline(start: "StartRie") -> None:
    rie = await start(f"{APPS}.empty")
    assert await rie.streamed() == (PRELUDE, b"\n")
    assert await rie.streamed() == (PRELUDE, b"\n")


async def test_an_error_before_the_first_byte_is_the_functions_error(start: "StartRie") -> None:
    rie = await start(f"{APPS}.faulty")
    error = await rie.error("/before")
    assert error["errorType"] == "LookupError"
    assert error["errorMessage"] == "no such thing"
    assert await rie.streamed() == (PRELUDE, b"some;all")


async def test_an_error_after_the_first_byte_ends_the_stream_in_order(start: "StartRie") -> None:
    rie = await start(f"{APPS}.faulty")
    assert await rie.streamed("/within") == (PRELUDE, b"some;")
    assert await rie.streamed() == (PRELUDE, b"some;all")
    assert LONG_TRAILER not in rie.log


async def test_a_process_that_dies_within_a_response_is_replaced(start: "StartRie") -> None:
    rie = await start(f"{APPS}.faulty")
    error = await rie.error("/death")
    assert error["errorType"] == "Runtime.ExitError"
    assert error["errorMessage"].endswith("Runtime exited with error: exit status 3")
    assert await rie.streamed() == (PRELUDE, b"some;all")


async def test_a_response_is_ended_before_the_deadline_that_lambda_sets(start: "StartRie") -> None:
    rie = await start(f"{APPS}.endless")
    assert await rie.streamed() == (PRELUDE, b"some;")
    # The same process continues, because the emulator did not have to end it.
    assert await rie.streamed() == (PRELUDE, b"some;")
    assert rie.log.count("INIT START") == 1


async def test_a_function_that_cannot_start_reports_why(start: "StartRie") -> None:
    rie = await start(f"{APPS}.nothing")
    error = await rie.error()
    assert error["errorType"] == "HandlerNotFoundError"
    assert error["errorMessage"] == f"module '{APPS}' has no application 'nothing'"


async def test_an_event_of_another_kind_is_refused(start: "StartRie") -> None:
    rie = await start(f"{APPS}.whole")
    error = (await rie.invoke({"Records": []})).json()
    assert error["errorType"] == "NotAProxyEventError"
    assert await rie.streamed() == (PRELUDE, b"request 1")


async def test_a_streamed_response_over_the_emulators_limit_does_not_affect_the_next(
    start: "StartRie",
) -> None:
    """Lambda streams far more, but its emulator buffers a streamed answer and stops at 6 MB."""
    rie = await start(f"{APPS}.large")
    assert (await rie.error("/over"))["errorType"] == "Function.ResponseSizeTooLarge"
    assert await rie.streamed() == (PRELUDE, bytes(6_000_000))


async def test_a_buffered_answer_is_the_json_of_a_proxy_integration(start: "StartRie") -> None:
    rie = await start(f"{APPS}.whole", AWS_SAM_LOCAL="true")
    answer = await rie.invoke()
    assert answer.json() == {
        "statusCode": 200,
        "headers": {"content-type": "text/plain", "set-cookie": "a=1"},
        "multiValueHeaders": {},
        "body": "request 1",
        "isBase64Encoded": False,
    }


@pytest.mark.parametrize("path", ["/before", "/within"])
async def test_an_error_in_a_buffered_answer_is_the_functions_error(
    start: "StartRie", path: str
) -> None:
    rie = await start(f"{APPS}.faulty", AWS_SAM_LOCAL="true")
    assert (await rie.error(path))["errorType"] == "LookupError"
    assert (await rie.invoke()).json()["body"] == "some;all"


async def test_a_buffered_answer_over_the_limit_fails_with_a_sentence(start: "StartRie") -> None:
    rie = await start(f"{APPS}.large", AWS_SAM_LOCAL="true")
    error = await rie.error("/over")
    assert error["errorType"] == "Function.ResponseSizeTooLarge"
    assert "With AWS_SAM_LOCAL it is sent in one piece" in error["errorMessage"]
