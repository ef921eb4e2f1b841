"""Points at which an application waits until the test lets it continue."""

import asyncio
import os
import socket


async def gate(name: str) -> None:
    """Report that the application has reached this point, and wait until the test opens it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(os.environ["GATES_PORT"]))
    writer.write(f"{name}\n".encode())
    try:
        await reader.readline()
    finally:
        writer.close()


def blocking_gate(name: str) -> None:
    """Do the same as `gate` in blocking code."""
    with socket.create_connection(("127.0.0.1", int(os.environ["GATES_PORT"]))) as connection:
        connection.sendall(f"{name}\n".encode())
        connection.recv(100)
