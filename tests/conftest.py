"""Fixtures that several suites share, and how tests are spread over workers."""

import asyncio
import gc
import json
import logging
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from hypothesis import settings
from moto import mock_aws
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from chatcore.auth.keys import Key
from chatcore.logs import logger
from tests.atomic_moto import make_calls_atomic
from tests.loop_clock import LoopClock
from tests.strict_requests import check_model_requests, take_violations
from tests.tables import SCHEMA

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

pytest_plugins = ["tests.stacks"]
make_calls_atomic()
check_model_requests()
EVENTS = Path(__file__).parent.parent / "events"
# Under nohup or in a script's background, the process and its children would ignore these signals.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
# Slowness on a busy machine is not a failure.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
# No test may reach a cloud, even if the machine is signed in to one.
os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="eu-central-1",
    AWS_EC2_METADATA_DISABLED="true",
)


# Each suite runs on one worker. So do all suites that start the service, whose stacks log to one
# folder, and all suites that share a build.
SHARED_SCOPES = {
    **dict.fromkeys(("conformance", "e2e", "independent_model", "page", "security"), "stacks"),
    **dict.fromkeys(("artifacts", "sam_local"), "builds"),
}
# The scopes that take longest. The short files of tests/unit fill the gaps at the end.
LONGEST_FIRST = ("stacks", "contract")


def scope_of(nodeid: str) -> str:
    """Return the scope that must share a worker: the test's suite, or its file in tests/unit."""
    file = nodeid.partition("::")[0]
    _, group, *below = file.split("/")
    if group == "unit" or not below:
        return file
    return SHARED_SCOPES.get(below[0], below[0])


class ScopeScheduling(LoadScopeScheduling):
    """Sends every test of a scope to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the longest scopes, so that all workers end at about the same time."""

    def rank(item: pytest.Item) -> int:
        scope = scope_of(item.nodeid)
        if scope in LONGEST_FIRST:
            return LONGEST_FIRST.index(scope)
        return len(LONGEST_FIRST) + item.nodeid.startswith("tests/unit/")

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """Spare the garbage collector the modules and tests, which live to the end of the run."""
    gc.collect()
    gc.freeze()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return ScopeScheduling(config, log)


class HeldKeys:
    """The keys that a test sets. The current one comes first."""

    def __init__(self, *keys: Key) -> None:
        self.keys = keys or (Key("v1", "s" * 64),)

    def current(self) -> Key:
        return self.keys[0]

    def signing(self) -> Key:
        return self.current()

    def find(self, kid: str) -> Key | None:
        return next((key for key in self.keys if key.kid == kid), None)

    def all(self) -> tuple[Key, ...]:
        return self.keys


@pytest.fixture
def keys() -> HeldKeys:
    return HeldKeys()


@pytest.fixture
def logged() -> Iterator[list[dict[str, Any]]]:
    """Return a list that collects the log lines of this test, parsed."""
    lines: list[dict[str, Any]] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(self.format(record)))

    handler = Collector()
    handler.setFormatter(logger.registered_formatter)
    logger.addHandler(handler)
    yield lines
    # Powertools has no public way to undo this.
    logging.getLogger(logger.name).removeHandler(handler)


@pytest.fixture(autouse=True)
def model_requests_are_strict() -> Iterator[None]:
    """Fail a test in which a request to a model has something that an endpoint refuses."""
    take_violations()
    yield
    assert take_violations() == []


@pytest.fixture
def current_loop() -> Iterator[None]:
    """Set a current event loop, which Mangum needs and Lambda's main thread has."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    loop.close()
    asyncio.set_event_loop(None)


@pytest.fixture
async def loop_clock() -> LoopClock:
    """Return a clock of the test's event loop that the test moves forward."""
    return LoopClock(asyncio.get_running_loop())


@pytest.fixture
def aws() -> Iterator[None]:
    """Provide an in-memory AWS account, empty for each test."""
    # A new session for each test would parse botocore's service models again.
    with mock_aws(config={"core": {"reset_boto3_session": False}}):
        yield


@pytest.fixture(scope="session")
def dynamodb() -> "DynamoDBClient":
    """Return one client for the tables of all tests. Creating it costs as much as several calls."""
    return boto3.client("dynamodb")


@pytest.fixture
def create_table(aws: None, dynamodb: "DynamoDBClient") -> Callable[[str], None]:
    """Return a function that creates a table with the key schema of the template's tables."""

    def create(name: str) -> None:
        dynamodb.create_table(TableName=name, **SCHEMA)

    return create


@pytest.fixture
def event() -> Callable[..., dict[str, Any]]:
    """Return a function that reads an event from events/ and sets its Authorization header."""

    def read(name: str, token: str = "") -> dict[str, Any]:
        text = (EVENTS / f"{name}.json").read_text().replace("Bearer TOKEN", f"Bearer {token}")
        loaded: dict[str, Any] = json.loads(text)
        return loaded

    return read
