"""The stack, and a token that its tool server accepts."""

import socket
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from local_stack.serving import address_of, listen, serving
from tests.system.conformance.node import Node
from tests.system.conformance.relay import Relay
from tests.system.e2e.service import Stack, running_stack
from tests.waiting import PATIENCE


@pytest.fixture(scope="module")
def node() -> Node:
    return Node()


@pytest.fixture(scope="module")
def relay_socket() -> Iterator[socket.socket]:
    with listen(0) as listener:
        yield listener


@pytest.fixture(scope="module")
def stack(node: Node, relay_socket: socket.socket) -> Iterator[Stack]:
    """Run the service and allow the relay's origin."""
    with running_stack(PARAMETERS=f"AllowedOrigins={address_of(relay_socket)}") as stack:
        yield stack


@pytest.fixture
def token(stack: Stack) -> str:
    """Return a token of the local login for the tool server."""
    asked = {"user": "conny", "audience": f"{stack.address}/mcp"}
    return str(stack.http.post("/local/token", json=asked).json()["token"])


@pytest.fixture
async def relayed(stack: Stack, token: str, relay_socket: socket.socket) -> AsyncIterator[str]:
    """Return an address of the tool server for a client that sends no token."""
    async with (
        httpx2.AsyncClient(base_url=stack.address, trust_env=False, timeout=PATIENCE) as client,
        serving(Relay(client, token), relay_socket.dup()),
    ):
        yield f"{address_of(relay_socket)}/mcp"
