"""Everything that the stand-ins of a running stack store, as readable text."""

import base64
import json
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import boto3
from botocore.config import Config

from chatcore.auth.keys import Key
from local_stack.storage.provisioning import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from local_stack.template.names import REGION
from tests.processes import descendants, running

SECRETS = ("IdentitySecret", "SessionSecret", "ToolSecret", "OpenAISecret")


class Storage:
    """The tables, secrets and buckets of the stack with a process id."""

    def __init__(self, process: int) -> None:
        moto = _address("local_stack.storage.moto_server", process)
        assert moto is not None
        config = Config(proxies={})
        session = boto3.Session(ACCESS_KEY_ID, SECRET_ACCESS_KEY, region_name=REGION)
        self._secrets = session.client("secretsmanager", endpoint_url=moto, config=config)
        self._s3 = session.client("s3", endpoint_url=moto, config=config)
        self._dynamodb = session.client(
            "dynamodb", endpoint_url=_address("dynoxide", process) or moto, config=config
        )

    def key(self, secret: str) -> Key:
        found = self._secrets.get_secret_value(SecretId=secret)
        return Key(found["VersionId"], found["SecretString"])

    def create_secret(self, name: str, value: str) -> None:
        """Create a secret as an operator does. The template does not create it."""
        self._secrets.create_secret(Name=name, SecretString=value)

    def rows(self) -> list[Any]:
        """Return every row of every table."""
        return [
            row
            for table in sorted(self._dynamodb.list_tables()["TableNames"])
            for page in self._dynamodb.get_paginator("scan").paginate(TableName=table)
            for row in page["Items"]
        ]

    def corrupt(self, thread: str, text: str) -> None:
        """Replace every item of a thread with a text that is not JSON."""
        for row in self.rows():
            if row["pk"]["S"].endswith(f"#thread#{thread}") and row["sk"]["S"].startswith("item#"):
                broken = row | {"body": {"S": text}}
                self._dynamodb.put_item(TableName="ThreadsTable", Item=broken)

    def text(self) -> str:
        """Return every row and every object, decompressed."""
        return "\n".join([*map(_readable, self.rows()), *self.objects()])

    def objects(self) -> Iterator[str]:
        """Yield each object with its name."""
        for bucket in self._s3.list_buckets()["Buckets"]:
            name = bucket["Name"]
            for found in self._s3.list_objects_v2(Bucket=name).get("Contents", []):
                body = self._s3.get_object(Bucket=name, Key=found["Key"])["Body"].read()
                yield f"{found['Key']}\n{unpacked(body)}"

    def close(self) -> None:
        for client in (self._secrets, self._s3, self._dynamodb):
            client.close()


def unpacked(content: bytes) -> str:
    """Return stored content as text, decompressed if it is compressed."""
    with suppress(zlib.error):
        content = zlib.decompress(content)
    return content.decode("utf-8", "replace")


def _readable(row: Any) -> str:
    def binary(value: object) -> str:
        assert isinstance(value, bytes)
        return f"{unpacked(value)} {base64.b64encode(value).decode()}"

    return json.dumps(row, default=binary, ensure_ascii=False)


def _address(command: str, below: int) -> str | None:
    """Return the address of the server with this command line, a descendant of a process."""
    for pid in running(command) & descendants(below):
        listed = subprocess.run(
            ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=True
        )
        words = listed.stdout.split()
        for flag in ("-p", "--port"):
            if flag in words:
                return f"http://127.0.0.1:{words[words.index(flag) + 1]}"
    return None
