"""The order of ASGI messages, with a response that only remembers."""

import asyncio

import pytest
from mangum.types import Message

from lambda_stream.fault import Fault
from lambda_stream.http_cycle import HttpCycle, UnexpectedMessageError
from lambda_stream.prelude import Headers


class RememberedResponse:
    def __init__(self) -> None:
        self.log: list[object] = []
        self.waiting = asyncio.Event()
        self.room = asyncio.Event()
        self.room.set()

    async def start(self, status: int, headers: Headers) -> None:
        self.log.append(status)

    def write(self, data: bytes) -> None:
        self.log.append(data)

    def end(self) -> None:
        self.log.append("end")

    async def drain(self) -> None:
        self.waiting.set()
        await self.room.wait()

    async def fail(self, fault: Fault) -> None:
        self.log.append(fault.type)

    async def settle(self) -> None:
        self.log.append("settled")


@pytest.fixture
async def response() -> RememberedResponse:
    return RememberedResponse()


@pytest.fixture
async def cycle(response: RememberedResponse) -> HttpCycle:
    return HttpCycle(b"body", response)


START: Message = {"type": "http.response.start", "status": 200}
PART: Message = {"type": "http.response.body", "body": memoryview(b"part"), "more_body": True}
LAST: Message = {"type": "http.response.body"}


async def test_messages_go_on_in_their_order(
    cycle: HttpCycle, response: RememberedResponse
) -> None:
    for message in (START, PART, LAST):
        await cycle.send(message)
    assert response.log == [200, b"part", b"", "end"]


@pytest.mark.parametrize(
    "messages", [[PART], [START, START], [START, LAST, PART], [START, {"type": "websocket.send"}]]
)
async def test_a_message_out_of_order_is_refused(cycle: HttpCycle, messages: list[Message]) -> None:
    for message in messages[:-1]:
        await cycle.send(message)
    with pytest.raises(UnexpectedMessageError):
        await cycle.send(messages[-1])


async def test_the_sender_waits_until_there_is_room(
    cycle: HttpCycle, response: RememberedResponse
) -> None:
    await cycle.send(START)
    response.room.clear()
    sending = asyncio.create_task(cycle.send(PART))
    await response.waiting.wait()
    assert not sending.done()
    response.room.set()
    await sending


async def test_a_sender_cancelled_while_it_waits_has_still_ended_its_response(
    cycle: HttpCycle, response: RememberedResponse
) -> None:
    await cycle.send(START)
    response.room.clear()
    sending = asyncio.create_task(cycle.send(LAST))
    await cycle.over
    sending.cancel()
    await cycle.close(LookupError())
    assert response.log == [200, b"", "end", "settled"]


async def test_closing_an_open_response_tells_the_error(
    cycle: HttpCycle, response: RememberedResponse
) -> None:
    await cycle.send(START)
    await cycle.close(LookupError())
    assert response.log == [200, "LookupError", "settled"]
    with pytest.raises(UnexpectedMessageError):
        await cycle.send(PART)


async def test_everybody_who_receives_learns_of_the_end(cycle: HttpCycle) -> None:
    assert (await cycle.receive())["body"] == b"body"
    first, second = asyncio.create_task(cycle.receive()), asyncio.create_task(cycle.receive())
    first.cancel()
    await cycle.close(LookupError())
    assert await second == {"type": "http.disconnect"}
