"""The order of ASGI messages, with a fake response that records its calls."""

import asyncio

import pytest

from lambda_stream.asgi import Message
from lambda_stream.http.cycle import HttpCycle, UnexpectedMessageError
from tests.unit.lambda_stream.recorded_response import RecordedResponse


@pytest.fixture
async def response() -> RecordedResponse:
    return RecordedResponse()


@pytest.fixture
async def cycle(response: RecordedResponse) -> HttpCycle:
    return HttpCycle("POST", b"body", response)


START: Message = {"type": "http.response.start", "status": 200}
PART: Message = {"type": "http.response.body", "body": memoryview(b"part"), "more_body": True}
LAST: Message = {"type": "http.response.body"}


async def test_messages_are_passed_on_in_order(
    cycle: HttpCycle, response: RecordedResponse
) -> None:
    for message in (START, PART, LAST):
        await cycle.send(message)
    assert response.log == [200, b"part", b"", "end"]


@pytest.mark.parametrize(
    "messages",
    [
        [PART],
        [START, START],
        [START, LAST, PART],
        [START, {"type": "websocket.send"}],
        # Unsupported extensions.
        [START, {"type": "http.response.pathsend", "path": "/etc/hosts"}],
        [START, {"type": "http.response.trailers", "headers": []}],
    ],
)
async def test_a_message_out_of_order_is_refused(cycle: HttpCycle, messages: list[Message]) -> None:
    for message in messages[:-1]:
        await cycle.send(message)
    with pytest.raises(UnexpectedMessageError):
        await cycle.send(messages[-1])


async def test_the_sender_waits_until_there_is_room(
    cycle: HttpCycle, response: RecordedResponse
) -> None:
    await cycle.send(START)
    response.room.clear()
    sending = asyncio.create_task(cycle.send(PART))
    await response.waiting.wait()
    assert not sending.done()
    response.room.set()
    await sending


async def test_a_sender_canceled_while_it_waits_has_still_ended_its_response(
    cycle: HttpCycle, response: RecordedResponse
) -> None:
    await cycle.send(START)
    response.room.clear()
    sending = asyncio.create_task(cycle.send(LAST))
    await cycle.completed
    sending.cancel()
    await cycle.close(LookupError())
    assert response.log == [200, b"", "end", "settled"]


async def test_closing_an_open_response_reports_the_error(
    cycle: HttpCycle, response: RecordedResponse
) -> None:
    await cycle.send(START)
    await cycle.close(LookupError())
    assert response.log == [200, "LookupError", "settled"]
    with pytest.raises(UnexpectedMessageError):
        await cycle.send(PART)


async def test_receive_returns_a_disconnect_immediately_after_the_response(
    cycle: HttpCycle,
) -> None:
    """Starlette's `is_disconnected` does not wait for a message."""
    await cycle.receive()
    await cycle.send(START)
    await cycle.send(LAST)
    receiving = asyncio.ensure_future(cycle.receive())
    await asyncio.sleep(0)
    assert receiving.done()
    assert receiving.result() == {"type": "http.disconnect"}


async def test_a_lost_connection_is_a_disconnect_before_the_end(
    cycle: HttpCycle, response: RecordedResponse
) -> None:
    await cycle.receive()
    await cycle.send(START)
    receiving = asyncio.create_task(cycle.receive())
    await asyncio.sleep(0)
    assert not receiving.done()
    response.lost.set_result(None)
    assert await receiving == {"type": "http.disconnect"}


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
async def test_a_body_that_the_status_or_method_forbids_is_dropped(
    response: RecordedResponse, method: str, status: int
) -> None:
    cycle = HttpCycle(method, b"", response)
    await cycle.send({"type": "http.response.start", "status": status})
    await cycle.send(PART)
    await cycle.send(LAST)
    assert response.log == [status, b"", b"", "end"]


async def test_every_pending_receive_returns_at_the_end(cycle: HttpCycle) -> None:
    assert (await cycle.receive())["body"] == b"body"
    first, second = asyncio.create_task(cycle.receive()), asyncio.create_task(cycle.receive())
    first.cancel()
    await cycle.close(LookupError())
    assert await second == {"type": "http.disconnect"}
