"""What the bench counts. moto reports one unit for each request, so no test checks sizes."""

from typing import TYPE_CHECKING, Any

import boto3
import pytest

from store_costs.meter import Meter, Spent

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROW: Any = {"pk": {"S": "p"}, "sk": {"S": "s"}}


@pytest.fixture
def meter(client: "DynamoDBClient") -> Meter:
    meter = Meter()
    meter.watch(client)
    return meter


def test_reads_cost_the_read_price_and_writes_the_write_price() -> None:
    assert Spent(read_units=8).dollars == 1.0
    assert Spent(write_units=8).dollars == 5.0
    assert Spent(requests=5, s3_requests=5).dollars == 0


def test_reads_and_writes_are_counted_separately(client: "DynamoDBClient", meter: Meter) -> None:
    client.put_item(TableName="threads", Item=ROW)
    written = meter.take()
    client.get_item(TableName="threads", Key=ROW)
    client.query(
        TableName="threads",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": ROW["pk"]},
    )
    read = meter.take()
    assert (written.requests, read.requests) == (1, 2)
    assert written.write_units > 0 == written.read_units
    assert read.read_units > 0 == read.write_units


def test_a_batch_counts_the_units_of_each_table(client: "DynamoDBClient", meter: Meter) -> None:
    client.batch_write_item(RequestItems={"threads": [{"DeleteRequest": {"Key": ROW}}]})
    spent = meter.take()
    assert spent.requests == 1
    assert spent.write_units > 0
    assert spent.read_units == 0


def test_a_refused_request_is_counted(client: "DynamoDBClient", meter: Meter) -> None:
    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.put_item(TableName="threads", Item=ROW, ConditionExpression="attribute_exists(pk)")
    assert meter.take().requests == 1


def test_s3_requests_are_counted_separately(client: "DynamoDBClient", meter: Meter) -> None:
    s3 = boto3.client("s3")
    meter.watch(s3)
    s3.list_buckets()
    assert meter.take() == Spent(s3_requests=1)


def test_counts_start_again_after_they_are_taken(client: "DynamoDBClient", meter: Meter) -> None:
    client.put_item(TableName="threads", Item=ROW)
    meter.take()
    assert meter.take() == Spent()
