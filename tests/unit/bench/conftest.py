"""An in-memory table for the bench's stores."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import boto3
import pytest

from chat_api.request_context import RequestContext
from chat_api.turn_state import TurnState

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def client(create_table: Callable[[str], None]) -> "DynamoDBClient":
    create_table("threads")
    return boto3.client("dynamodb")


@pytest.fixture
def context() -> RequestContext:
    return RequestContext(user="alice", session_id="s1", turn=TurnState("turn_1"))
