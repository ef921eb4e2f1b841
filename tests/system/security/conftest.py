"""The running stack that the suite attacks, and the chat function in this process."""

from collections.abc import Iterator

import pytest

from tests.system.e2e.service import Stack, running_stack
from tests.system.security.entry_points import EntryPoint, entry_points_of
from tests.system.security.storage import Storage

# The chat function's fixtures and their dependencies.
from tests.unit.chat_api.conftest import *  # noqa: F403

# No limit refuses a request, so only tokens can, and the functions log as much as possible.
PARAMETERS = (
    "LogLevel=DEBUG SessionMessagesPerMinute=0 UserMessagesPerMinute=0 RunningAnswers=0"
    " UserRequestsPerMinute=0 TokensPerDay=0"
)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with running_stack(PARAMETERS=PARAMETERS) as stack:
        yield stack


@pytest.fixture(scope="session")
def storage(stack: Stack) -> Iterator[Storage]:
    storage = Storage(stack.process.pid)
    yield storage
    storage.close()


@pytest.fixture(scope="session")
def entry_points(stack: Stack, storage: Storage) -> dict[str, EntryPoint]:
    return entry_points_of(stack, storage)


@pytest.fixture(scope="module")
def nothing_written(storage: Storage) -> Iterator[None]:
    """Check after the module's last test that no row has changed since the first one."""
    before = storage.rows()
    yield
    assert storage.rows() == before
