"""The stack, and a token that its tool server takes."""

from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from local_stack.children import free_port
from local_stack.serving import address_of, listen, serving
from tests.conformance.node import Node
from tests.conformance.relay import Relay
from tests.e2e.service import Stack, running_stack


@pytest.fixture(scope="module")
def node() -> Node:
    return Node()


@pytest.fixture(scope="module")
def relay_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def stack(node: Node, relay_port: int) -> Iterator[Stack]:
    """The service, which a page of the relay's origin may call."""
    with running_stack(PARAMETERS=f"AllowedOrigins=http://127.0.0.1:{relay_port}") as stack:
        yield stack


@pytest.fixture
def token(stack: Stack) -> str:
    """A token of the local login for the tool server."""
    asked = {"user": "conny", "audience": f"{stack.address}/mcp"}
    return str(stack.http.post("/local/token", json=asked).json()["token"])


@pytest.fixture
async def relayed(stack: Stack, token: str, relay_port: int) -> AsyncIterator[str]:
    """The tool server for a client that sends no token."""
    listener = listen(relay_port)
    async with (
        httpx2.AsyncClient(base_url=stack.address, trust_env=False, timeout=30) as client,
        serving(Relay(client, token), listener),
    ):
        yield f"{address_of(listener)}/mcp"
