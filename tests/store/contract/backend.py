"""The store and its companions, on the test's own table and bucket."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from chat_api.request_context import RequestContext
from chat_api.store.blobs import Blobs
from chat_api.store.dynamo import DynamoStore
from chat_api.store.retention import Retention
from chat_api.store.table import ThreadsTable
from chat_api.store.transcript import Transcript
from chat_api.turn_state import TurnState
from chatcore.ids import TimeOrderedIds
from local_stack.login import LocalLogin
from local_stack.parameters import parameters
from local_stack.template import read_template
from local_stack.template.names import REGION
from tests.store.contract.clock import Clock
from tests.store.contract.engines import ROOT, Engine
from tests.store.contract.read_timeouts import Sender

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

RETENTION_DAYS = 30
# An engine's failure is raised at once, and a stand-in that hangs does not hang the tests.
PLAIN = Config(
    retries={"mode": "standard", "total_max_attempts": 1}, read_timeout=60, max_pool_connections=32
)
_locations = itertools.count()
_requests = itertools.count()


@dataclass(frozen=True)
class Clients:
    dynamodb: DynamoDBClient
    s3: S3Client


@dataclass
class Location:
    """A table and a bucket. Few tests need the bucket, so the first use creates it."""

    creator: Clients
    table: str
    bucket: str
    has_bucket: bool = False

    def s3(self, aws_clients: Clients) -> S3Client:
        if not self.has_bucket:
            self.has_bucket = True
            self.creator.s3.create_bucket(
                Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
            )
        return aws_clients.s3


@dataclass(frozen=True)
class Backend:
    """Everything in one process of the function that stores conversations."""

    clients: Clients
    location: Location
    clock: Clock
    store: DynamoStore
    transcript: Transcript

    def rows(self) -> list[dict[str, Any]]:
        """Return every row of the table, for all users."""
        pages = self.clients.dynamodb.get_paginator("scan").paginate(TableName=self.location.table)
        return [row for page in pages for row in page["Items"]]

    def put(self, row: Mapping[str, Any]) -> None:
        """Put a row, bypassing the store."""
        self.clients.dynamodb.put_item(TableName=self.location.table, Item=row)

    @property
    def s3(self) -> S3Client:
        return self.location.s3(self.clients)

    def objects(self) -> list[str]:
        """Return the name of every object in the bucket."""
        listed = self.s3.list_objects_v2(Bucket=self.location.bucket)
        return [found["Key"] for found in listed.get("Contents", [])]

    def bodies(self) -> dict[str, bytes]:
        """Return every object in the bucket by its name."""
        bucket = self.location.bucket
        return {
            name: self.s3.get_object(Bucket=bucket, Key=name)["Body"].read()
            for name in self.objects()
        }


def request_of(user: str) -> RequestContext:
    """Return the context of a new request."""
    return RequestContext(user=user, session_id="s1", turn=TurnState(f"turn_{next(_requests)}"))


@contextmanager
def clients(engine: Engine, config: Config = PLAIN) -> Iterator[Clients]:
    session = _session()
    dynamodb = session.client("dynamodb", endpoint_url=engine.dynamodb, config=config)
    s3 = session.client("s3", endpoint_url=engine.s3, config=config)
    sender = Sender()
    for client in (dynamodb, s3):
        client.meta.events.register("before-send", sender)
    try:
        yield Clients(dynamodb, s3)
    finally:
        sender.close()
        dynamodb.close()
        s3.close()


def new_location(creator: Clients) -> Location:
    """Create a table as the template defines it, and name a bucket."""
    number = next(_locations)
    location = Location(creator, f"threads-{number}", f"files-{number}")
    creator.dynamodb.create_table(**_definition() | {"TableName": location.table})
    return location


def new_backend(
    aws_clients: Clients, location: Location, clock: Clock, store: type[DynamoStore] = DynamoStore
) -> Backend:
    """Return a new process of the function, with nothing cached."""
    table = ThreadsTable(lambda: aws_clients.dynamodb, location.table)
    blobs = Blobs(lambda: location.s3(aws_clients), location.bucket)
    ids = TimeOrderedIds(clock.milliseconds, random.getrandbits)
    retention = Retention(RETENTION_DAYS, clock)
    return Backend(
        aws_clients,
        location,
        clock,
        store(table, blobs, retention, ids),
        Transcript(table, blobs, retention),
    )


@cache
def _session() -> boto3.Session:
    return boto3.Session("testing", "testing", region_name=REGION)


@cache
def _definition() -> dict[str, Any]:
    login = LocalLogin("https://login.local", "chatkit-local", "s" * 48)
    given = parameters({}, 8000, login, "http://127.0.0.1:1")
    tables = read_template(ROOT / "template.yaml", given).tables
    return dict(next(table.definition for table in tables if table.name == "ThreadsTable"))
