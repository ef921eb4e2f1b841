"""A function's answer reaches the client."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.local_stack.gateway.conftest import Stage

STREAM_HEAD = b'{"statusCode": 200, "headers": {"content-type": "text/plain"}}' + b"\0" * 8


async def test_a_buffered_answer_reaches_the_client(stage: "Stage") -> None:
    stage.function.send(b'{"statusCode": 201, "headers": {"X-A": "1"}, "body": "hi"}')
    answer = await stage.client.put("/buffered?x=1", content=b"hello")
    assert (answer.status_code, answer.text, answer.headers["x-a"]) == (201, "hi", "1")
    event = json.loads(stage.function.payload)
    assert (event["body"], event["queryStringParameters"]) == ("hello", {"x": "1"})


async def test_every_answer_has_the_gateways_request_ids(stage: "Stage") -> None:
    stage.function.send(b'{"statusCode": 200}')
    answer = await stage.client.get("/buffered")
    event = json.loads(stage.function.payload)
    assert answer.headers["x-amzn-requestid"] == event["requestContext"]["requestId"]
    assert answer.headers["x-amz-apigw-id"] == event["requestContext"]["extendedRequestId"]


async def test_an_answer_to_head_has_its_length_and_no_body(stage: "Stage") -> None:
    stage.function.send(b'{"statusCode": 200, "body": "hello"}')
    answer = await stage.client.head("/buffered")
    assert (answer.headers["content-length"], answer.content) == ("5", b"")


async def test_a_streamed_chunk_arrives_before_the_next_is_sent(stage: "Stage") -> None:
    made = stage.function.answer
    made.begin("", streaming=True)
    made.feed(STREAM_HEAD)
    async with stage.client.stream("POST", "/stream") as answer:
        chunks = answer.aiter_raw()
        made.feed(b"first")
        assert await anext(chunks) == b"first"
        made.feed(b"second")
        assert await anext(chunks) == b"second"
        made.end()
        assert [chunk async for chunk in chunks] == []


async def test_an_empty_streamed_answer_ends_normally(stage: "Stage") -> None:
    stage.function.send(b'{"statusCode": 204}', b"\0" * 8)
    answer = await stage.client.post("/stream")
    assert (answer.status_code, answer.content) == (204, b"")


async def test_a_prelude_may_come_in_pieces(stage: "Stage") -> None:
    stage.function.send(STREAM_HEAD[:5], STREAM_HEAD[5:-3], STREAM_HEAD[-3:] + b"a", b"b")
    assert (await stage.client.post("/stream")).text == "ab"
