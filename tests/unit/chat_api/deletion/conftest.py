"""A gate with a session of alice, and turns that a test runs step by step."""

from collections.abc import Callable

import pytest

from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from chatcore.gate.gate import Gate
from tests.unit.chat_api.deletion.steps import AnsweringTurn


@pytest.fixture
def gate(gate: Gate) -> Gate:
    gate.open_session("alice", "s1", 9_999_999_999)
    return gate


@pytest.fixture
def answering_turn(
    gate: Gate, store: DynamoStore, transcript: Transcript
) -> Callable[..., AnsweringTurn]:
    """Return a function that creates a turn in a thread."""
    return lambda thread: AnsweringTurn(gate, store, transcript, thread)
