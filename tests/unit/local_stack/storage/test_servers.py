"""The storage servers, started and filled as a template defines."""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import httpx2
import pytest

from local_stack.errors import StackError
from local_stack.storage.servers import StorageServers
from local_stack.supervisor import Supervisor
from local_stack.template import Bucket, Secret, Table, Template
from tests.store.contract.engines import needed_dynoxide

TEMPLATE = Template(
    parameters={},
    stage="v1",
    functions=(),
    routes=(),
    gateway_responses={},
    tables=(
        Table(
            "Threads",
            {
                "TableName": "Threads",
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            },
            "expires_at",
        ),
    ),
    secrets=(Secret("Fixed", "s3cret", {}), Secret("Made", None, {"PasswordLength": 40})),
    buckets=(Bucket("local-uploads"),),
)


@contextmanager
def client(service: Any, endpoint: str) -> Iterator[Any]:
    made = boto3.client(service, endpoint_url=endpoint, region_name="eu-central-1")
    yield made
    made.close()


def stored(storage: StorageServers) -> dict[str, Any]:
    """Return what the servers contain, read through the AWS API."""
    with (
        client("dynamodb", storage.dynamodb_endpoint) as dynamodb,
        client("secretsmanager", storage.endpoint) as secrets,
        client("s3", storage.endpoint) as s3,
    ):
        ttl = dynamodb.describe_time_to_live(TableName="Threads")["TimeToLiveDescription"]
        arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:Fixed"
        return {
            "ttl": (ttl["TimeToLiveStatus"], ttl["AttributeName"]),
            "fixed": secrets.get_secret_value(SecretId=arn)["SecretString"],
            "made": len(secrets.get_secret_value(SecretId="Made")["SecretString"]),
            "buckets": [each["Name"] for each in s3.list_buckets()["Buckets"]],
        }


@pytest.mark.parametrize("find", [str, needed_dynoxide], ids=["moto", "dynoxide"])
async def test_tables_secrets_and_buckets_exist_once_the_servers_run(
    tmp_path: Path, find: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dynoxide = find()
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    storage = StorageServers(dict(os.environ) | {"DYNOXIDE": dynoxide})
    assert (storage.endpoint == storage.dynamodb_endpoint) == (not dynoxide)
    async with Supervisor() as supervisor, storage.running(TEMPLATE, tmp_path, supervisor):
        assert await asyncio.to_thread(stored, storage) == {
            "ttl": ("ENABLED", "expires_at"),
            "fixed": "s3cret",
            "made": 40,
            "buckets": ["local-uploads"],
        }


async def test_a_server_that_ends_at_once_is_reported_with_its_log(tmp_path: Path) -> None:
    environment = dict(os.environ) | {"DYNOXIDE": shutil.which("false") or "/bin/false"}
    with pytest.raises(StackError, match=r"dynoxide ended unexpectedly.*dynoxide\.log"):
        async with (
            Supervisor() as supervisor,
            StorageServers(environment).running(TEMPLATE, tmp_path, supervisor),
        ):
            pytest.fail("the servers run")


async def test_a_server_that_cannot_start_is_reported(tmp_path: Path) -> None:
    environment = dict(os.environ) | {"DYNOXIDE": "/nope"}
    with pytest.raises(StackError, match="dynoxide cannot start: /nope: No such file"):
        async with (
            Supervisor() as supervisor,
            StorageServers(environment).running(TEMPLATE, tmp_path, supervisor),
        ):
            pytest.fail("the servers run")


async def test_a_resource_that_cannot_be_created_is_named(tmp_path: Path) -> None:
    template = replace(TEMPLATE, buckets=(Bucket("NO"),))
    with pytest.raises(StackError, match=r"NO cannot be created: .*InvalidBucketName"):
        async with (
            Supervisor() as supervisor,
            StorageServers({}).running(template, tmp_path, supervisor),
        ):
            pytest.fail("the servers run")


async def test_no_web_page_reads_the_secrets(tmp_path: Path) -> None:
    storage = StorageServers(os.environ)
    call = {
        "x-amz-target": "secretsmanager.GetSecretValue",
        "content-type": "application/x-amz-json-1.1",
        "authorization": "AWS4-HMAC-SHA256 Credential=x/20261127/eu-central-1/secretsmanager/x",
    }
    async with (
        Supervisor() as supervisor,
        storage.running(TEMPLATE, tmp_path, supervisor),
        httpx2.AsyncClient(base_url=storage.endpoint, trust_env=False) as http,
    ):

        async def asked(**headers: str) -> httpx2.Response:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return await http.post("/", json={"SecretId": "Fixed"}, headers=call | named)

        assert "s3cret" in (await asked()).text
        for status, refused in (
            (421, await asked(host="evil.example")),
            (403, await asked(origin="http://evil.example")),
            (403, await asked(sec_fetch_site="cross-site")),
        ):
            assert refused.status_code == status
            assert "access-control-allow-origin" not in refused.headers
