"""What a client receives when a function or its request fails."""

import asyncio
from typing import TYPE_CHECKING

import httpx2
import pytest

from local_stack.lambda_.answer import FunctionError
from tests.loop_clock import LoopClock
from tests.unit.local_stack.gateway.conftest import TIMEOUT

if TYPE_CHECKING:
    from tests.unit.local_stack.gateway.conftest import Stage

STREAM_HEAD = b'{"statusCode": 200, "headers": {"content-type": "text/plain"}}' + b"\0" * 8
FAILURE = FunctionError.of("Runtime.ExitError", "the process was killed")


async def test_a_stream_that_fails_after_its_first_byte_is_cut(stage: "Stage") -> None:
    stage.function.send(STREAM_HEAD + b"half", error=FAILURE)
    async with stage.client.stream("POST", "/stream") as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx2.RemoteProtocolError, match="incomplete"):
            await answer.aread()


@pytest.mark.parametrize("path", ["/buffered", "/stream"])
async def test_a_function_that_fails_before_its_first_byte_gets_502(
    stage: "Stage", path: str
) -> None:
    stage.function.send(error=FAILURE)
    answer = await stage.client.post(path)
    assert answer.status_code == 502
    assert answer.json() == {"message": "Internal server error", "code": "DEFAULT_5XX"}
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/buffered", "/stream"])
async def test_a_throttled_function_counts_as_a_failed_integration(
    stage: "Stage", path: str
) -> None:
    stage.function.throttled = True
    answer = await stage.client.post(path)
    assert answer.status_code == 500
    assert answer.json() == {"message": "Internal server error", "code": "INTEGRATION_FAILURE"}
    assert answer.headers["access-control-allow-origin"] == "*"
    assert not stage.function.invoked.is_set()


@pytest.mark.parametrize(
    ("path", "payload"),
    [
        ("/buffered", STREAM_HEAD + b"streamed on a buffered route"),
        ("/stream", b'{"statusCode": 200, "body": "buffered on a streaming route"}'),
        ("/buffered", b"null"),
        ("/stream", b"x" * 17 * 1024),
    ],
)
async def test_a_malformed_answer_gets_502_and_is_reported(
    stage: "Stage", path: str, payload: bytes
) -> None:
    stage.function.send(payload)
    assert (await stage.client.post(path)).status_code == 502
    assert "malformed" in stage.reports[0]


@pytest.mark.parametrize("path", ["/buffered", "/stream"])
async def test_a_slow_function_gets_504(stage: "Stage", loop_clock: LoopClock, path: str) -> None:
    pending = asyncio.create_task(stage.client.post(path))
    await stage.function.invoked.wait()
    loop_clock.skip(TIMEOUT)
    answer = await pending
    assert answer.status_code == 504
    assert answer.json()["code"] == "INTEGRATION_TIMEOUT"


async def test_a_stream_that_takes_too_long_is_cut(stage: "Stage", loop_clock: LoopClock) -> None:
    stage.function.answer.begin("", streaming=True)
    stage.function.answer.feed(STREAM_HEAD + b"half")
    async with stage.client.stream("POST", "/stream") as answer:
        chunks = answer.aiter_raw()
        assert await anext(chunks) == b"half"
        loop_clock.skip(TIMEOUT)
        with pytest.raises(httpx2.RemoteProtocolError):
            await anext(chunks)


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("GET", "/stream")])
async def test_an_unknown_route_gets_the_gateways_own_error(
    stage: "Stage", method: str, path: str
) -> None:
    answer = await stage.client.request(method, path)
    assert answer.status_code == 403
    assert answer.json()["code"] == "MISSING_AUTHENTICATION_TOKEN"
    assert not stage.function.invoked.is_set()


@pytest.mark.parametrize("size", [10 * 1024 * 1024 + 1, 7 * 1024 * 1024])
async def test_a_body_too_large_for_the_gateway_or_lambda_gets_413(
    stage: "Stage", size: int
) -> None:
    answer = await stage.client.post("/buffered", content=b"x" * size)
    assert answer.status_code == 413
    assert answer.json()["code"] == "REQUEST_TOO_LARGE"
