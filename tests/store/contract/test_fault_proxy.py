"""The injected faults reach boto3 as the faults of AWS and the network do."""

import asyncio
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
)

from tests.store.contract.backend import PLAIN, Clients, Location, clients, new_location
from tests.store.contract.engines import Engine
from tests.store.contract.fault_proxy import Fault, FaultProxy, only

ROW = {"pk": {"S": "p"}, "sk": {"S": "s"}}


@pytest.fixture
def location(aws_clients: Clients) -> Location:
    location = new_location(aws_clients)
    location.s3(aws_clients)
    return location


async def broken(engine: Engine, fault: Fault, service: str, operation: str, **given: Any) -> Any:
    """Return what boto3 makes of a request with a fault."""
    proxy = FaultProxy(engine)
    proxy.follow(only(1, fault))
    async with proxy.running() as proxied:
        with clients(proxied, PLAIN) as made:
            call = getattr(getattr(made, service), operation)
            return await asyncio.to_thread(call, **given)


@pytest.mark.parametrize(
    ("fault", "error", "written"),
    [
        (Fault.THROTTLED, ClientError, False),
        (Fault.FAILED, ClientError, False),
        (Fault.SILENT, ReadTimeoutError, False),
        (Fault.RESET, ConnectionClosedError, False),
        (Fault.UNACKNOWLEDGED, ConnectionClosedError, True),
    ],
)
async def test_a_failed_write_is_done_only_if_the_fault_is_a_lost_answer(
    engine: Engine,
    aws_clients: Clients,
    location: Location,
    fault: Fault,
    error: type[Exception],
    written: bool,
) -> None:
    with pytest.raises(error):
        await broken(engine, fault, "dynamodb", "put_item", TableName=location.table, Item=ROW)
    with pytest.raises((ClientError, BotoCoreError)):
        await broken(engine, fault, "s3", "put_object", Bucket=location.bucket, Key="k", Body=b"b")
    assert aws_clients.dynamodb.scan(TableName=location.table)["Count"] == written
    assert aws_clients.s3.list_objects_v2(Bucket=location.bucket)["KeyCount"] == written


@pytest.mark.parametrize(
    ("fault", "code"),
    [(Fault.THROTTLED, "ThrottlingException"), (Fault.FAILED, "InternalServerError")],
)
async def test_a_refusal_has_dynamodbs_own_code(
    engine: Engine, location: Location, fault: Fault, code: str
) -> None:
    with pytest.raises(ClientError) as raised:
        await broken(engine, fault, "dynamodb", "put_item", TableName=location.table, Item=ROW)
    assert raised.value.response["Error"]["Code"] == code


async def test_half_done_processes_the_first_half_of_a_batch(
    engine: Engine, aws_clients: Clients, location: Location
) -> None:
    puts = [{"PutRequest": {"Item": ROW | {"sk": {"S": str(number)}}}} for number in range(5)]
    answer = await broken(
        engine, Fault.HALF_DONE, "dynamodb", "batch_write_item", RequestItems={location.table: puts}
    )
    assert answer["UnprocessedItems"] == {location.table: puts[3:]}
    assert aws_clients.dynamodb.scan(TableName=location.table)["Count"] == 3
