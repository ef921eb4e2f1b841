"""A gate on a table of moto's, with a clock that a test turns."""

from collections.abc import Callable

import boto3
import pytest

from chatcore.gate.admission import Requester
from chatcore.gate.gate import Gate
from chatcore.gate.limits import Limits
from chatcore.gate.table import GateTable

# At the beginning of a minute and of a day.
MORNING = 20_000 * 86_400.0
ALICE = Requester("alice", "sess_1")


class Clock:
    """Tells the time that a test has set."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def table(create_table: Callable[[str], None]) -> GateTable:
    create_table("Sessions")
    client = boto3.client("dynamodb")
    return GateTable(lambda: client, "Sessions")


@pytest.fixture
def gate_with(table: GateTable, clock: Clock) -> Callable[..., Gate]:
    """A gate with those limits, at which alice has a session."""

    def make(**limits: int) -> Gate:
        gate = Gate(table, Limits(**limits), now=clock)
        gate.open_session("alice", "sess_1", int(clock.now) + 600)
        return gate

    return make
