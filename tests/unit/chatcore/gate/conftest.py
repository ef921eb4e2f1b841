"""A gate on a moto table, with a clock that the test controls."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from chatcore.gate.admission import Requester
from chatcore.gate.gate import Gate
from chatcore.gate.limits import Limits
from chatcore.gate.table import GateTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# The start of a minute and of a day.
MORNING = 20_000 * 86_400.0
ALICE = Requester("alice", "sess_1")


class Clock:
    """Returns the time that a test has set."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def table(create_table: Callable[[str], None], dynamodb: "DynamoDBClient") -> GateTable:
    create_table("Sessions")
    return GateTable(lambda: dynamodb, "Sessions")


@pytest.fixture
def gate_with(table: GateTable, clock: Clock) -> Callable[..., Gate]:
    """Return a function that makes a gate with these limits and a session of alice."""

    def make(**limits: int) -> Gate:
        gate = Gate(table, Limits(**limits), now=clock)
        gate.open_session("alice", "sess_1", int(clock.now) + 600)
        return gate

    return make
