"""A chat function whose connections can be lost while it sleeps.

Lambda freezes a process between two invocations, for seconds or for many minutes; what it had
connected to does not wait for it.
"""

import asyncio
import os
import signal
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from local_stack.lambda_.container import Container, ContainerOptions
from local_stack.stand_ins import endpoint_variables
from tests.stand_ins import StandIns, chat_function, running_stand_ins


class Link:
    """One connection of the function, and the one behind it to the stand-ins."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self.forgotten = False
        self.near = near
        self.far = far

    def close(self) -> None:
        """As a server ends a connection that was idle for too long."""
        self.near.close()
        self.far.close()

    def forget(self) -> None:
        """As a router does that knows a silent connection no more: the next byte is refused."""
        self.forgotten = True
        self.far.close()

    def reset(self) -> None:
        now = struct.pack("ii", 1, 0)
        self.near.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
        self.near.transport.abort()


class Relay:
    """Stands between the function and the stand-ins."""

    def __init__(self, target: str) -> None:
        self.links: set[Link] = set()
        self._target = target

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, _, port = self._target.removeprefix("http://").rpartition(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        link = Link(writer, far_writer)
        self.links.add(link)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._to_function(far_reader, link))
                both.create_task(self._to_stand_ins(reader, link))
        finally:
            self.links.discard(link)
            link.close()

    async def _to_function(self, reader: asyncio.StreamReader, link: Link) -> None:
        while (data := await reader.read(65_536)) and not link.forgotten:
            link.near.write(data)
        if not link.forgotten:
            link.near.close()

    async def _to_stand_ins(self, reader: asyncio.StreamReader, link: Link) -> None:
        while data := await reader.read(65_536):
            if link.forgotten:
                link.reset()
                return
            link.far.write(data)
        link.far.close()


class ChatFunction:
    """The chat function in its own process."""

    def __init__(self, container: Container, relay: Relay) -> None:
        self._container = container
        self._relay = relay

    async def answer(self, event: bytes) -> str:
        answer = await self._container.invoke(event, "Root=1-0-0")
        body = b"".join([chunk async for chunk in answer.chunks])
        assert await self._container.settled(answer)
        return body.decode()

    def sleep(self, *, forgotten: bool) -> int:
        """Freezes it and thaws it; the result is how many connections it lost meanwhile."""
        os.kill(self._container.pid, signal.SIGSTOP)
        links = list(self._relay.links)
        for link in links:
            if forgotten:
                link.forget()
            else:
                link.close()
        os.kill(self._container.pid, signal.SIGCONT)
        return len(links)


@pytest.fixture(scope="session")
def stand_ins() -> Iterator[StandIns]:
    with running_stand_ins() as stand_ins:
        yield stand_ins


@pytest.fixture
async def chat(stand_ins: StandIns, tmp_path: Path) -> AsyncIterator[ChatFunction]:
    relay = Relay(stand_ins.address)
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    address = f"http://{host}:{port}"
    options = ContainerOptions(endpoint_variables(address), tmp_path, tmp_path)
    container = await Container.started(chat_function(address), options)
    yield ChatFunction(container, relay)
    await container.stop()
    server.close()
    server.close_clients()
    await server.wait_closed()
