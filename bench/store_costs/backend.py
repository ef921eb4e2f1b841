"""The store and its alternatives on one table of dynoxide, with all their requests metered."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from chat_api.store.blobs import Blobs
from chat_api.store.dynamo import DynamoStore
from chat_api.store.retention import Retention
from chat_api.store.table import ThreadsTable
from chat_api.store.transcript import Transcript
from chatcore.aws import QUICK
from chatcore.ids import TimeOrderedIds
from local_stack.login import LocalLogin
from local_stack.parameters import parameters
from local_stack.storage.provisioning import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from local_stack.storage.servers import StorageServers
from local_stack.supervisor import Supervisor
from local_stack.template import read_template
from local_stack.template.names import REGION
from store_costs.meter import Meter
from store_costs.rivals import ReadsAll, Rows, WholeRecord

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from store_costs.conversation import Conversations

INSTALLED = Path("node_modules/@dynoxide/linux-x64")
RETENTION_DAYS = 30
OWN = "this store"
BARE: Mapping[str, AttributeValueTypeDef] = {"pk": {"S": "bare"}, "sk": {"S": "bare"}}


@dataclass(frozen=True)
class Backend:
    """Everything that is measured; `stores` is keyed by display name."""

    client: DynamoDBClient
    table: str
    meter: Meter
    stores: Mapping[str, Conversations]
    store: DynamoStore
    transcript: Transcript
    sessions_table: str

    def bare_get(self) -> float:
        """Return the seconds of a GetItem of a small row with the plain client."""
        started = time.perf_counter()
        self.client.get_item(TableName=self.table, Key=BARE, ConsistentRead=True)
        return time.perf_counter() - started


def find_dynoxide(environment: Mapping[str, str]) -> str | None:
    """Return the binary: set by DYNOXIDE, on PATH, or installed by `npm ci`."""
    path = os.pathsep.join([environment.get("PATH", os.defpath), str(INSTALLED)])
    return environment.get("DYNOXIDE") or shutil.which("dynoxide", path=path)


@asynccontextmanager
async def running_backend(dynoxide: str) -> AsyncIterator[Backend]:
    """Yield a backend with the empty table and bucket of template.yaml."""
    login = LocalLogin("https://login.local", "chatkit-local", "s" * 48)
    template = read_template(Path("template.yaml"), parameters({}, 8000, login, "http://unused"))
    chat = next(each for each in template.functions if each.name == "ChatkitFunction")
    storage = StorageServers({**os.environ, "DYNOXIDE": dynoxide})
    with tempfile.TemporaryDirectory() as logs:
        async with Supervisor() as supervisor, storage.running(template, Path(logs), supervisor):
            yield _backend(storage, chat.environment)


def _backend(storage: StorageServers, environment: Mapping[str, str]) -> Backend:
    table_name = environment["THREADS_TABLE"]
    session = boto3.Session(ACCESS_KEY_ID, SECRET_ACCESS_KEY, region_name=REGION)
    # Local requests must not go through a proxy.
    config = QUICK.merge(Config(proxies={}))
    client = session.client("dynamodb", endpoint_url=storage.dynamodb_endpoint, config=config)
    s3 = session.client("s3", endpoint_url=storage.endpoint, config=config)
    client.put_item(TableName=table_name, Item=BARE)
    meter = Meter()
    meter.watch(client)
    meter.watch(s3)
    table = ThreadsTable(lambda: client, table_name)
    blobs = Blobs(lambda: s3, environment["FILES_BUCKET"])
    retention = Retention(RETENTION_DAYS)
    store = DynamoStore(table, blobs, retention, TimeOrderedIds())
    return Backend(
        client,
        table_name,
        meter,
        {
            OWN: store,
            "reads all": ReadsAll(Rows(client, table_name, "all")),
            "whole record": WholeRecord(Rows(client, table_name, "whole")),
        },
        store,
        Transcript(table, blobs, retention),
        environment["SESSIONS_TABLE"],
    )
