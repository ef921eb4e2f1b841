"""The sockets on which the local servers listen."""

import asyncio
import socket

from local_stack.serving import listen


async def test_a_small_answer_does_not_wait_for_an_acknowledgment() -> None:
    accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def note(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        accepted.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listener = listen(0)
    server = await asyncio.start_server(note, sock=listener)
    async with server:
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        assert await accepted
        await reader.read()
        writer.close()
        await writer.wait_closed()
