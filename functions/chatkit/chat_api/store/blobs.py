"""Bodies too big for a row: in the bucket, under a name that the row tells.

A body is put first and under a new name each time, its row after it: so no row ever names a body
that is not whole, and no two rows share one. What a crash between the two leaves is removed by the
bucket's lifecycle rule, as is every body that outlives its row.
"""

from __future__ import annotations

import asyncio
import uuid
import zlib
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from chat_api.store.aws_calls import StoreUnavailable, answered
from chat_api.store.rows import UNREADABLE, body, keyed, object_of, row
from chatcore.errors import TooLarge
from chatcore.logs import described, logger
from chatcore.thread_pools import FILES

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from chat_api.store.rows import Row

# Compressed; a row of more would cost more to write than a put and a read of the bucket.
INLINE_BYTES = 128 * 1024
MAX_JSON_BYTES = 5 * 1024 * 1024
# DeleteObjects takes at most 1,000 names.
BATCH = 1000
# A put that took longer leaves its row no time within the margin that a turn keeps before its
# deadline: see chatcore.aws.
PATIENCE_SECONDS = 2.0


class BodyMissing(KeyError):
    """The bucket does not hold what a row names."""


class Blobs:
    """Raises `StoreUnavailable` when S3 fails."""

    def __init__(self, client: Callable[[], S3Client], bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    async def row(
        self, partition: str, sort: str, folder: str, json: str, expires_at: float
    ) -> Row:
        """A row with that body, which is in the bucket then if it is a big one.

        Raises `TooLarge`, before anything is written, for one that does not fit.
        """
        text = fitting(json).encode()
        if len(text) <= INLINE_BYTES:
            return row(partition, sort, json, expires_at)
        packed = await FILES.run(zlib.compress, text)
        if len(packed) <= INLINE_BYTES:
            return keyed(partition, sort, expires_at) | {"body": {"B": packed}}
        name = f"{folder}/{sha256(text).hexdigest()}/{uuid.uuid4().hex}"
        await self._put(name, packed)
        named: Row = {"object": {"S": name}, "size": {"N": str(len(text))}}
        return keyed(partition, sort, expires_at) | named

    async def json(self, stored: Row, held: dict[str, bytes]) -> bytes:
        """The JSON of a row; `held` are the bodies that the request has got already, by name.

        Raises `BodyMissing`, or another of `UNREADABLE` for a corrupt one.
        """
        name = object_of(stored)
        if name is None:
            return body(stored)
        if name not in held:
            held[name] = await answered("get_object", lambda: self._get(name), pool=FILES)
        return await FILES.run(zlib.decompress, held[name])

    async def discard(self, rows: Iterable[Row | None], also: Iterable[str] = ()) -> None:
        """Delete the bodies of rows that are gone, and those of the names in `also`.

        A failure is logged, and the bucket's lifecycle rule removes what is left.
        """
        names = list({*also, *(name for each in rows if (name := object_of(each)))})
        for start in range(0, len(names), BATCH):
            try:
                await self._delete(names[start : start + BATCH])
            except (ClientError, StoreUnavailable) as error:
                logger.warning("bodies_left_behind", **described(error))

    async def _put(self, name: str, packed: bytes) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await answered(
            "put_object",
            lambda: self._client().put_object(Bucket=self._bucket, Key=name, Body=packed),
            pool=FILES,
        )
        if loop.time() - begun > PATIENCE_SECONDS:
            logger.error("store_unavailable", operation="put_object", slow=True)
            raise StoreUnavailable

    def _get(self, name: str) -> bytes:
        client = self._client()
        try:
            return client.get_object(Bucket=self._bucket, Key=name)["Body"].read()
        except client.exceptions.NoSuchKey:
            raise BodyMissing from None

    async def _delete(self, names: list[str]) -> None:
        answer = await answered(
            "delete_objects",
            lambda: self._client().delete_objects(
                Bucket=self._bucket,
                Delete={"Objects": [{"Key": name} for name in names], "Quiet": True},
            ),
            pool=FILES,
        )
        if failed := answer.get("Errors"):
            logger.warning("bodies_left_behind", objects=len(failed))


def fitting(json: str) -> str:
    """The JSON, or `TooLarge` for more than 5 MB of it."""
    if len(json) > MAX_JSON_BYTES or len(json.encode()) > MAX_JSON_BYTES:
        raise TooLarge("That is too much text to be kept.")
    return json


def same_body(one: Row, other: Row) -> bool:
    """Whether two rows of one place hold the same JSON; a corrupt one holds none."""
    try:
        names = object_of(one), object_of(other)
        if names == (None, None):
            return body(one) == body(other)
        return _content(names[0]) == _content(names[1])
    except UNREADABLE:
        return False


def unshared(one: Row | None, other: Row) -> list[Row | None]:
    """The row, unless its body in the bucket is also the other's."""
    return [one] if object_of(one) != object_of(other) else []


def size(stored: Row) -> int:
    """Bytes of a row's JSON. Raises one of `UNREADABLE` for a corrupt one."""
    return int(stored["size"]["N"]) if "size" in stored else len(body(stored))


def _content(name: str | None) -> str | None:
    """The part of an object's name that the body makes."""
    return name.rpartition("/")[0] if name else None
