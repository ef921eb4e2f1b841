"""Calls to moto's DynamoDB are atomic in these tests, as single-item calls are in AWS."""

import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

THREADS = 8
ROUNDS = 30


@pytest.fixture(autouse=True)
def eager_threads() -> Iterator[None]:
    """Let Python change threads as often as it can, so that a race is likely."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def in_threads(work: Callable[[], None]) -> None:
    """Do the work in several threads, which begin at the same time."""
    start = threading.Barrier(THREADS)

    def begin() -> None:
        start.wait()
        work()

    workers = [threading.Thread(target=begin) for _ in range(THREADS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def test_only_one_of_many_threads_passes_a_condition(
    create_table: Callable[[str], None], dynamodb: "DynamoDBClient"
) -> None:
    create_table("rows")
    passed: list[int] = []
    for number in range(ROUNDS):

        def put(number: int = number) -> None:
            key = {"pk": {"S": f"round {number}"}, "sk": {"S": "row"}}
            try:
                dynamodb.put_item(
                    TableName="rows", Item=key, ConditionExpression="attribute_not_exists(pk)"
                )
                passed.append(number)
            except ClientError:
                pass

        in_threads(put)
    assert passed == [*range(ROUNDS)]


def test_a_response_shows_the_row_as_its_own_call_left_it(
    create_table: Callable[[str], None], dynamodb: "DynamoDBClient"
) -> None:
    create_table("rows")
    counts: list[int] = []

    def count() -> None:
        for _ in range(ROUNDS):
            answer = dynamodb.update_item(
                TableName="rows",
                Key={"pk": {"S": "counter"}, "sk": {"S": "row"}},
                UpdateExpression="ADD calls :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
                ReturnValues="ALL_NEW",
            )
            counts.append(int(answer["Attributes"]["calls"]["N"]))

    in_threads(count)
    assert sorted(counts) == [*range(1, THREADS * ROUNDS + 1)]
