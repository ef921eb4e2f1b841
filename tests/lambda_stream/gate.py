"""Points at which an application stops until the test lets it go on."""

import asyncio
import os
import socket


async def gate(name: str) -> None:
    """Tell the test that this point is reached, and wait there until the test opens it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(os.environ["GATES_PORT"]))
    writer.write(f"{name}\n".encode())
    try:
        await reader.readline()
    finally:
        writer.close()


def blocking_gate(name: str) -> None:
    """The same for code that blocks its thread."""
    with socket.create_connection(("127.0.0.1", int(os.environ["GATES_PORT"]))) as connection:
        connection.sendall(f"{name}\n".encode())
        connection.recv(100)
