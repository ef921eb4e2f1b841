"""A server of the scripted model, and the openai library as its client."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import uvicorn
from openai import AsyncOpenAI

from local_stack.model.app import create_app
from local_stack.model.bedrock.account import Account
from local_stack.model.model import Model, pause_of


@pytest.fixture(autouse=True)
def model_requests_are_strict() -> None:
    """Let these tests send requests that an endpoint refuses."""


type ClientOf = Callable[[Model], Awaitable[AsyncOpenAI]]


@asynccontextmanager
async def served(model: Model, account: Account | None = None) -> AsyncIterator[str]:
    """Yield the address of a server that already accepts connections."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(model, account),
        log_level="error",
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


@pytest.fixture
async def client_of() -> AsyncIterator[ClientOf]:
    """Return a function that starts a server for a model and returns its client."""
    async with AsyncExitStack() as stack:

        async def make(model: Model) -> AsyncOpenAI:
            address = await stack.enter_async_context(served(model))
            client = AsyncOpenAI(api_key="any", base_url=f"{address}/v1", max_retries=0)
            return await stack.enter_async_context(client)

        yield make


@pytest.fixture
async def client(client_of: ClientOf) -> AsyncOpenAI:
    return await client_of(Model(pause=pause_of(0)))
