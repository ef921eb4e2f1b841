"""Responses as a client sees them, through wrapper, runtime and Runtime API."""

import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.unit.lambda_stream.apps import DEADLINE

if TYPE_CHECKING:
    from tests.unit.lambda_stream.conftest import Gates, StartFunction

type MakeEvent = Callable[..., bytes]


async def test_each_chunk_arrives_before_the_next_one_is_made(
    start: "StartFunction", gates: "Gates"
) -> None:
    function = await start("apps.two_chunks")
    reply = await function.invoke()
    assert (await reply.prelude())["statusCode"] == 200
    gates.open("first")
    assert await reply.until(b";") == b"one"
    await gates.reached("second")
    gates.open("second")
    assert await reply.until(b";") == b"two"
    gates.open("end")
    assert await reply.rest() == b""
    assert reply.answer.error is None


async def test_the_head_arrives_before_the_first_byte_is_made(
    start: "StartFunction", gates: "Gates"
) -> None:
    function = await start("apps.two_chunks")
    reply = await function.invoke()
    await reply.prelude()
    await gates.reached("first")
    assert not gates.was_reached("second")


async def test_a_response_has_the_content_type_of_the_http_integration(
    start: "StartFunction",
) -> None:
    function = await start("apps.two_chunks")
    reply = await function.invoke()
    assert reply.answer.streaming
    assert reply.answer.content_type == "application/vnd.awslambda.http-integration-response"


async def test_cookies_repeated_headers_and_binary_bodies_are_kept(
    start: "StartFunction",
) -> None:
    function = await start("apps.many_headers")
    reply = await function.invoke()
    assert await reply.prelude() == {
        "statusCode": 201,
        "headers": {"x-latin": "café"},
        "multiValueHeaders": {"link": ["</a>", "</b>"]},
        "cookies": ["a=1; Path=/", "b=2"],
    }
    assert await reply.rest() == bytes(range(256)) * 2


async def test_an_empty_body_is_sent_as_a_newline(
    start: "StartFunction", make_event: MakeEvent
) -> None:
    """API Gateway may keep a stream open that has no byte."""
    function = await start("apps.empty")
    reply = await function.invoke(make_event(path="/307"))
    prelude = await reply.prelude()
    assert (prelude["statusCode"], prelude["headers"]) == (307, {})
    assert await reply.rest() == b"\n"
    assert reply.answer.error is None


async def test_a_status_without_a_body_is_sent_without_one(
    start: "StartFunction", make_event: MakeEvent
) -> None:
    function = await start("apps.empty")
    for status in (204, 205, 304):
        reply = await function.invoke(make_event(path=f"/{status}"))
        prelude = await reply.prelude()
        assert (prelude["statusCode"], prelude["headers"]) == (status, {"content-length": "0"})
        assert await reply.rest() == b""
        assert reply.answer.error is None


async def test_a_body_above_the_limit_of_buffered_responses_arrives_complete(
    start: "StartFunction",
) -> None:
    function = await start("apps.big")
    expected = b"".join(bytes([number]) * 1_000_000 for number in range(20))
    body = await (await function.invoke()).body()
    assert hashlib.sha256(body).digest() == hashlib.sha256(expected).digest()


async def test_the_application_sees_the_request_and_its_context(
    start: "StartFunction", make_event: MakeEvent
) -> None:
    function = await start("apps.echo")
    payload = make_event("grüße", path="/a%20b", multiValueQueryStringParameters={"q": ["1", "2"]})
    seen = json.loads(await (await function.invoke(payload)).body())
    assert 0 < seen.pop("remaining") <= DEADLINE * 1000
    assert seen == {
        "method": "POST",
        "path": "/a b",
        "query": "q=1&q=2",
        "event_path": "/a%20b",
        "request_id": "request-1",
        "function": "Chat",
        "arn": "arn:aws:lambda:eu-west-1:123456789012:function:Chat",
        "memory": 1024,
        "trace": None,
        "body_size": 7,
        "body_sha256": hashlib.sha256("grüße".encode()).hexdigest(),
    }


async def test_a_request_of_several_megabytes_arrives_complete(
    start: "StartFunction", make_event: MakeEvent
) -> None:
    function = await start("apps.echo")
    text = "abcdefgh" * 600_000
    seen = json.loads(await (await function.invoke(make_event(text))).body())
    assert seen["body_sha256"] == hashlib.sha256(text.encode()).hexdigest()


async def test_a_base64_body_arrives_decoded(start: "StartFunction", make_event: MakeEvent) -> None:
    function = await start("apps.echo")
    seen = json.loads(await (await function.invoke(make_event("AAEC", base64=True))).body())
    assert seen["body_sha256"] == hashlib.sha256(b"\0\1\2").hexdigest()


async def test_the_trace_id_is_set_for_its_invocation_only(
    start: "StartFunction",
) -> None:
    function = await start("apps.echo")
    traced = json.loads(await (await function.invoke(trace_id="Root=1-2-3")).body())
    untraced = json.loads(await (await function.invoke()).body())
    assert (traced["trace"], untraced["trace"]) == ("Root=1-2-3", None)


async def test_receive_returns_the_body_and_then_waits_for_the_end(
    start: "StartFunction", gates: "Gates"
) -> None:
    function = await start("apps.listens")
    reply = await function.invoke()
    gates.open("listening")
    assert await reply.body() == b"http.request False False"
    await gates.reached("http.disconnect")
