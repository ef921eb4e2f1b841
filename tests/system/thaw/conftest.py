"""A chat function whose connections can be lost while it sleeps.

Lambda freezes a process between two invocations, for seconds or many minutes. Meanwhile, the other
ends of its connections may close.
"""

import asyncio
import os
import signal
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from local_stack.lambda_.execution_environment import EnvironmentOptions, ExecutionEnvironment
from local_stack.stand_ins import endpoint_variables
from tests.stand_ins import ROOT, StandIns, chat_function, running_stand_ins


class Link:
    """A connection of the function and the relay's own connection to the stand-ins."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self.forgotten = False
        self.near = near
        self.far = far

    def close(self) -> None:
        """Close the connection, as a server does after it was idle for too long."""
        self.near.close()
        self.far.close()

    def forget(self) -> None:
        """Forget the connection, as a router does with a silent one. The next byte is refused."""
        self.forgotten = True
        self.far.close()

    def reset(self) -> None:
        """Refuse the function's bytes. A linger time of zero makes the kernel send RST."""
        no_linger = struct.pack("ii", 1, 0)
        near: socket.socket = self.near.get_extra_info("socket")
        near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
        self.near.transport.abort()


class Relay:
    """A relay between the function and the stand-ins, with a link for each connection."""

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

    def __init__(self, environment: ExecutionEnvironment, relay: Relay, log: Path) -> None:
        self._environment = environment
        self._relay = relay
        self._log = log
        self._answers: list[str] = []

    async def answer(self, event: bytes) -> str:
        """Invoke the function, and return its answer once the invocation has ended."""
        answer = await self._environment.invoke(event, "Root=1-0-0")
        body = b"".join([chunk async for chunk in answer.chunks]).decode()
        self._answers.append(body)
        assert await self._environment.settled(answer), self.history()
        return body

    def history(self) -> str:
        """Return every answer so far and the function's log, for the message of a failure."""
        answers = [f"Answer {n}:\n{body}" for n, body in enumerate(self._answers, 1)]
        return "\n".join([*answers, "The function's log:", self._log.read_text()])

    def sleep(self, *, forgotten: bool) -> int:
        """Freeze the process, end its connections, thaw it, and return how many it lost."""
        os.kill(self._environment.pid, signal.SIGSTOP)
        links = list(self._relay.links)
        for link in links:
            if forgotten:
                link.forget()
            else:
                link.close()
        os.kill(self._environment.pid, signal.SIGCONT)
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
    options = EnvironmentOptions(endpoint_variables(address), tmp_path, tmp_path)
    function = replace(
        chat_function(address),
        code=ROOT,
        handler="tests.system.thaw.patient_app.app",
        timeout=300,
    )
    environment = await ExecutionEnvironment.start(function, options)
    yield ChatFunction(environment, relay, options.log(function))
    await environment.stop()
    server.close()
    server.close_clients()
    await server.wait_closed()
