"""Responses for `sam local start-api`, which cannot read streamed ones."""

import base64
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.lambda_stream.conftest import Function, Gates, StartFunction

type MakeEvent = Callable[..., bytes]


async def buffered(function: "Function", event: bytes | None = None) -> dict[str, Any]:
    reply = await function.invoke(event)
    assert not reply.answer.streaming
    content: dict[str, Any] = json.loads(await reply.rest())
    return content


async def test_a_text_body_is_sent_as_text(start: "StartFunction") -> None:
    function = await start("apps.echo", AWS_SAM_LOCAL="true")
    content = await buffered(function)
    assert content["statusCode"] == 200
    assert content["headers"] == {"content-type": "application/json"}
    assert content["isBase64Encoded"] is False
    assert json.loads(content["body"])["method"] == "POST"


async def test_other_bodies_are_base64_and_repeated_headers_are_kept(
    start: "StartFunction",
) -> None:
    function = await start("apps.many_headers", AWS_SAM_LOCAL="true")
    content = await buffered(function)
    assert base64.b64decode(content["body"]) == bytes(range(256)) * 2
    assert content["isBase64Encoded"] is True
    assert content["multiValueHeaders"] == {
        "link": ["</a>", "</b>"],
        "set-cookie": ["a=1; Path=/", "b=2"],
    }


@pytest.mark.parametrize("path", ["/before", "/after-head", "/midway", "/unfinished"])
async def test_every_error_is_reported_as_if_before_the_first_byte(
    start: "StartFunction", make_event: MakeEvent, path: str
) -> None:
    function = await start("apps.faulty", AWS_SAM_LOCAL="true")
    reply = await function.invoke(make_event(path=path))
    assert await reply.rest() == b""
    assert reply.answer.error is not None
    assert (await buffered(function, make_event(path="/well")))["statusCode"] == 200


async def test_the_response_is_posted_before_its_background_work_ends(
    start: "StartFunction", gates: "Gates"
) -> None:
    function = await start("apps.continues_after_response", AWS_SAM_LOCAL="true")
    gates.open("time passes")
    assert (await buffered(function))["body"] == "all"
    await gates.reached("call")
    assert not function.api.idle


async def test_a_response_over_the_limit_is_reported_in_a_sentence(start: "StartFunction") -> None:
    function = await start("apps.big", AWS_SAM_LOCAL="true")
    reply = await function.invoke()
    assert await reply.error_type() == "Function.ResponseSizeTooLarge"
    assert reply.answer.error is not None
    assert "With AWS_SAM_LOCAL it is sent in one piece" in reply.answer.error.message
