"""Bodies too big for a row. Each is an S3 object, and its row holds the object's name.

The object is put first, under a new name each time, and its row afterwards. So no row ever names an
incomplete object, and no two rows share one. A crash between the two leaves an object without a
row, which the bucket's lifecycle rule deletes, as it does every object that outlives its row.
"""

from __future__ import annotations

import asyncio
import uuid
import zlib
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chat_api.store.attachment_objects import AttachmentObjects
from chat_api.store.aws_calls import StoreUnavailable, call_aws
from chat_api.store.rows import UNREADABLE, bare_row, body, file_names, new_row, object_name
from chatcore.errors import TooLarge
from chatcore.logs import described, logger
from chatcore.thread_pools import FILES

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from chat_api.store.rows import Row

# The most compressed bytes in a row. Writing a bigger row would cost more than putting and reading
# an object.
INLINE_BYTES = 128 * 1024
MAX_JSON_BYTES = 5 * 1024 * 1024
# DeleteObjects takes at most 1,000 names.
BATCH = 1000
# A put that takes longer counts as failed: the row that follows it would not be written within the
# margin that a turn keeps before its deadline (chatcore.aws).
SLOW_PUT_SECONDS = 2.0


class BlobMissing(KeyError):
    """The bucket does not hold the object that a row names."""


class Blobs:
    """The bucket. Its methods raise `StoreUnavailable` when S3 fails."""

    def __init__(self, client: Callable[[], S3Client], bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def attachments(self) -> AttachmentObjects:
        """Return the bucket's objects of attachments."""
        return AttachmentObjects(self._client, self._bucket)

    async def new_row(
        self, partition: str, sort: str, folder: str, json: str, expires_at: float
    ) -> Row:
        """Return a row with a body, and put the body into the bucket if it is a big one.

        Raise `TooLarge`, before anything is written, for a body that does not fit.
        """
        text = fitting(json).encode()
        if len(text) <= INLINE_BYTES:
            return new_row(partition, sort, json, expires_at)
        packed = await FILES.run(zlib.compress, text)
        if len(packed) <= INLINE_BYTES:
            return bare_row(partition, sort, expires_at) | {"body": {"B": packed}}
        name = f"{folder}/{sha256(text).hexdigest()}/{uuid.uuid4().hex}"
        await self._put(name, packed)
        named: Row = {"object": {"S": name}, "size": {"N": str(len(text))}}
        return bare_row(partition, sort, expires_at) | named

    async def json(self, stored: Row, cached: dict[str, bytes]) -> bytes:
        """Return the JSON of a row. `cached` holds the objects that the request has, by name.

        Raise `BlobMissing`, or another of `UNREADABLE` for a corrupt row.
        """
        name = object_name(stored)
        if name is None:
            return body(stored)
        if name not in cached:
            cached[name] = await call_aws("get_object", lambda: self._get(name), pool=FILES)
        return await FILES.run(zlib.decompress, cached[name])

    async def discard(self, rows: Iterable[Row | None], also: Iterable[str] = ()) -> None:
        """Delete the objects of deleted rows, and those with the names in `also`.

        A failure is logged, and the bucket's lifecycle rule deletes the rest.
        """
        names = list({*also, *(name for each in rows for name in file_names(each))})
        for start in range(0, len(names), BATCH):
            try:
                await self._delete(names[start : start + BATCH])
            except (ClientError, StoreUnavailable) as error:
                logger.warning("bodies_left_behind", **described(error))

    async def put_file(self, name: str, content: bytes, media_type: str) -> None:
        """Put a file that a browser will read."""
        await self._put(name, content, ContentType=media_type)

    async def addresses(self, files: Mapping[str, str], seconds: int) -> dict[str, str]:
        """Return an address for each file, from which anyone may read it for that long.

        `files` are media types by the name of the object. A browser gets that type whatever is
        stored, so that it never runs a file. This sends no request.
        """
        return await FILES.run(
            lambda: {name: self._address(name, files[name], seconds) for name in files}
        )

    def _address(self, name: str, media_type: str, seconds: int) -> str:
        given = {"Bucket": self._bucket, "Key": name, "ResponseContentType": media_type}
        return self._client().generate_presigned_url("get_object", given, ExpiresIn=seconds)

    async def _put(self, name: str, packed: bytes, **options: Any) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await call_aws(
            "put_object",
            lambda: self._client().put_object(
                Bucket=self._bucket, Key=name, Body=packed, **options
            ),
            pool=FILES,
        )
        if loop.time() - begun > SLOW_PUT_SECONDS:
            logger.error("store_unavailable", operation="put_object", slow=True)
            raise StoreUnavailable

    def _get(self, name: str) -> bytes:
        client = self._client()
        try:
            return client.get_object(Bucket=self._bucket, Key=name)["Body"].read()
        except client.exceptions.NoSuchKey:
            raise BlobMissing from None

    async def _delete(self, names: list[str]) -> None:
        answer = await call_aws(
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
    """Return the JSON. Raise `TooLarge` for more than 5 MB of it."""
    if len(json) > MAX_JSON_BYTES or len(json.encode()) > MAX_JSON_BYTES:
        raise TooLarge("That is too much text to store.")
    return json


def same_body(one: Row, other: Row) -> bool:
    """Return whether two rows with one key hold the same JSON. A corrupt row holds none."""
    try:
        names = object_name(one), object_name(other)
        if names == (None, None):
            return body(one) == body(other)
        return _content(names[0]) == _content(names[1])
    except UNREADABLE:
        return False


def unshared(one: Row | None, other: Row) -> list[Row | None]:
    """Return the first row in a list; an empty list if both rows name the same object."""
    return [one] if object_name(one) != object_name(other) else []


def size(stored: Row) -> int:
    """Return the bytes of a row's JSON. Raise one of `UNREADABLE` for a corrupt row."""
    return int(stored["size"]["N"]) if "size" in stored else len(body(stored))


def _content(name: str | None) -> str | None:
    """Return the part of an object's name that depends on its body alone."""
    return name.rpartition("/")[0] if name else None
