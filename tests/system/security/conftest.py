"""One running stack that the suite attacks, and the chat function in this process."""

from collections.abc import Iterator

import pytest

from tests.system.e2e.service import Stack, running_stack
from tests.system.security.entry_points import EntryPoint, entry_points_of
from tests.system.security.storage import Storage

# The chat function's own fixtures, each with those that it needs.
from tests.unit.chat_api.conftest import *  # noqa: F403

# Nothing but a token stands between a request and its answer; everything that can be is logged.
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
    """From the first test that uses it to the module's last, every row stays as it was."""
    before = storage.rows()
    yield
    assert storage.rows() == before
