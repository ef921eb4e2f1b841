"""Conditional writes to moto are atomic in these tests, as they are in DynamoDB."""

import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

THREADS = 8
ROUNDS = 40


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Let Python change threads as often as it can, so that a race is likely."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("eager_threads")
def test_only_one_of_many_threads_passes_a_condition(create_table: Callable[[str], None]) -> None:
    create_table("rows")
    client: Any = boto3.client("dynamodb")
    passed: list[str] = []
    for round_ in range(ROUNDS):
        start = threading.Barrier(THREADS)
        key = {"pk": {"S": f"round {round_}"}, "sk": {"S": "row"}}

        def put(key: dict[str, Any] = key, start: threading.Barrier = start) -> None:
            start.wait()
            try:
                client.put_item(
                    TableName="rows", Item=key, ConditionExpression="attribute_not_exists(pk)"
                )
                passed.append(key["pk"]["S"])
            except ClientError:
                pass

        writers = [threading.Thread(target=put) for _ in range(THREADS)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
    assert len(passed) == ROUNDS
