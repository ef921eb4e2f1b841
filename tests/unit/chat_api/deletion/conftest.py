"""A gate with a session of alice, and turns that a test runs step by step."""

from collections.abc import Callable

import boto3
import pytest

from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from chatcore.gate.gate import Gate
from chatcore.gate.limits import Limits
from chatcore.gate.table import GateTable
from tests.unit.chat_api.conftest import GateClock
from tests.unit.chat_api.deletion.steps import AnsweringTurn


@pytest.fixture
def gate(create_table: Callable[[str], None], limits: Limits, gate_clock: GateClock) -> Gate:
    create_table("sessions")
    client = boto3.client("dynamodb")
    made = Gate(GateTable(lambda: client, "sessions"), limits, now=gate_clock)
    made.open_session("alice", "s1", 9_999_999_999)
    return made


@pytest.fixture
def answering_turn(
    gate: Gate, store: DynamoStore, transcript: Transcript
) -> Callable[..., AnsweringTurn]:
    """Return a function that creates a turn in a thread."""
    return lambda thread: AnsweringTurn(gate, store, transcript, thread)
