"""Invocations whose application fails, and the invocations after them."""

import base64
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.lambda_stream.conftest import Function, Gates, StartFunction

type MakeEvent = Callable[..., bytes]


async def next_request_succeeds(function: "Function", make_event: MakeEvent) -> bool:
    return await (await function.invoke(make_event(path="/well"))).body() == b"some;all"


@pytest.mark.parametrize(
    ("path", "error_type"),
    [("/before", "LookupError"), ("/silent", "ResponseNotFinishedError")],
)
async def test_an_error_before_the_response_is_posted_as_an_error(
    start: "StartFunction", make_event: MakeEvent, path: str, error_type: str
) -> None:
    function = await start("apps.faulty")
    reply = await function.invoke(make_event(path=path))
    assert not reply.answer.streaming
    assert await reply.error_type() == error_type
    assert await next_request_succeeds(function, make_event)


async def test_a_posted_error_contains_message_and_stack(
    start: "StartFunction", make_event: MakeEvent
) -> None:
    function = await start("apps.faulty")
    reply = await function.invoke(make_event(path="/before"))
    assert reply.answer.error is not None
    content = json.loads(reply.answer.error.payload)
    assert content["errorMessage"] == "a secret of the request"
    assert "raise LookupError" in content["stackTrace"][-1]


@pytest.mark.parametrize(
    ("path", "body", "error_type"),
    [
        # A stream without a single byte may stay open on AWS.
        ("/after-head", b"\n", "LookupError"),
        ("/midway", b"some;", "LookupError"),
        ("/unfinished", b"some;", "ResponseNotFinishedError"),
    ],
)
async def test_an_error_within_the_response_ends_it_with_trailers(
    start: "StartFunction", make_event: MakeEvent, path: str, body: bytes, error_type: str
) -> None:
    function = await start("apps.faulty")
    reply = await function.invoke(make_event(path=path))
    assert reply.answer.streaming
    assert await reply.body() == body
    assert await reply.error_type() == error_type
    assert await next_request_succeeds(function, make_event)


@pytest.mark.parametrize("path", ["/afterwards", "/again"])
async def test_an_error_after_the_response_leaves_it_complete(
    start: "StartFunction", make_event: MakeEvent, path: str
) -> None:
    function = await start("apps.faulty")
    reply = await function.invoke(make_event(path=path))
    assert await reply.body() == b"some;all"
    assert reply.answer.error is None
    assert await next_request_succeeds(function, make_event)


async def test_a_message_after_the_response_is_an_error_of_the_application(
    start: "StartFunction", make_event: MakeEvent
) -> None:
    function = await start("apps.faulty")
    await (await function.invoke(make_event(path="/again"))).body()
    await function.polled()
    assert [line["error_type"] for line in function.log()] == ["UnexpectedMessageError"]


@pytest.mark.parametrize(
    ("path", "message"),
    [("/midway", "the application failed"), ("/stray", "an error was not handled")],
)
async def test_an_error_is_logged_with_its_stack_and_without_its_text(
    start: "StartFunction", make_event: MakeEvent, path: str, message: str
) -> None:
    function = await start("apps.faulty")
    await (await function.invoke(make_event(path=path))).body()
    await function.polled()
    (line,) = function.log()
    assert line["message"] == message
    assert "apps.py" in line["stack_trace"][-1]
    assert "a secret of the request" not in json.dumps(line)


@pytest.mark.parametrize(
    "payload",
    [
        b'{"Records": []}',
        b"[]",
        b"not JSON",
        b'"\xff"',
        b"[" * 100_000,
        b'{"version": "2.0", "rawPath": "/", "requestContext": {"http": {"path": "/"}}}',
    ],
    ids=["queue", "list", "text", "latin-1", "deep", "HTTP API"],
)
async def test_an_event_from_another_source_is_refused_with_a_reason(
    start: "StartFunction", make_event: MakeEvent, payload: bytes
) -> None:
    function = await start("apps.faulty")
    reply = await function.invoke(payload)
    assert await reply.error_type() == "NotAProxyEventError"
    assert await next_request_succeeds(function, make_event)


async def test_a_malformed_event_is_answered_with_400(
    start: "StartFunction", make_event: MakeEvent
) -> None:
    function = await start("apps.faulty")
    reply = await function.invoke(make_event("no base64: a secret", base64=True))
    prelude = await reply.prelude()
    assert (prelude["statusCode"], prelude["headers"]["content-type"]) == (400, "application/json")
    assert json.loads(await reply.rest()) == {
        "message": "Malformed event: body is not base64, although isBase64Encoded is true.",
        "code": "invalid_request",
    }
    assert await next_request_succeeds(function, make_event)
    (line,) = function.log()
    assert line["error_message"] == "body is not base64, although isBase64Encoded is true"
    assert "a secret" not in json.dumps(line)


async def test_a_process_that_dies_within_a_response_ends_it_with_an_error(
    start: "StartFunction", gates: "Gates"
) -> None:
    function = await start("apps.exits")
    reply = await function.invoke()
    await reply.prelude()
    assert await reply.until(b";") == b"some"
    gates.open("exit")
    assert await reply.error_type() == "Runtime.ExitError"


async def test_a_long_error_fits_into_the_trailers_of_the_runtime_api(
    start: "StartFunction", make_event: MakeEvent
) -> None:
    function = await start("apps.faulty")
    reply = await function.invoke(make_event(path="/midway"))
    await reply.body()
    assert reply.answer.error is not None
    assert len(base64.b64encode(reply.answer.error.payload)) < 4096
    assert reply.answer.error.message.startswith("a secret of the request")
