"""The engines, with a separate table and bucket for each test."""

import tests.store.contract.assertion_rewriting  # noqa: F401

# isort: split
import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chat_api.request_context import RequestContext
from tests.store.contract.backend import (
    Backend,
    Clients,
    clients,
    new_backend,
    new_location,
    request_of,
)
from tests.store.contract.clock import Clock
from tests.store.contract.engines import Engine, dynoxide, find_dynoxide, moto, needed_dynoxide
from tests.store.contract.fault_trial import StartTrial, trial_starter
from tests.store.contract.prepared_conversations import PreparedConversations
from tests.store.contract.user_store import Caller

FOLDER = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the slower engine to `make test-all` if the faster one is there."""
    if not find_dynoxide(os.environ):
        return
    for item in items:
        if item.path.parent == FOLDER and "[moto" in item.name:
            item.add_marker(pytest.mark.deep)


@pytest.fixture(scope="session")
def moto_address() -> Iterator[str]:
    with moto() as address:
        yield address


@pytest.fixture(scope="session", params=["moto", "dynoxide"])
def engine(request: pytest.FixtureRequest, moto_address: str) -> Iterator[Engine]:
    """Either DynamoDB engine, with moto's S3."""
    if request.param == "moto":
        yield Engine("moto", moto_address, moto_address)
        return
    with dynoxide(needed_dynoxide()) as address:
        yield Engine("dynoxide", address, moto_address)


@pytest.fixture(scope="session")
def aws_clients(engine: Engine) -> Iterator[Clients]:
    with clients(engine) as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def backend(aws_clients: Clients, clock: Clock) -> Backend:
    return new_backend(aws_clients, new_location(aws_clients), clock)


@pytest.fixture
def caller(backend: Backend) -> Callable[[str], Caller[RequestContext]]:
    """Return a function that creates a user whose every call is a new request."""
    return lambda user: Caller(backend.store, lambda: request_of(user), backend.clock.date)


@pytest.fixture(scope="session")
def prepared(aws_clients: Clients) -> PreparedConversations:
    made = PreparedConversations(aws_clients)
    asyncio.run(made.prepare())
    return made


@pytest.fixture
def start_trial(engine: Engine, prepared: PreparedConversations) -> StartTrial:
    """Return a function that starts a trial of an operation behind its own proxy."""
    return trial_starter(engine, prepared)
