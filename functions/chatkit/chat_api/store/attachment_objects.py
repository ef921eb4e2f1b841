"""The objects of attachments: uploads, which a page writes, and each thread's copies of them.

An upload's address stays valid for minutes after the upload. So a message refers to a copy that
only this service can write, made from the bytes that were checked.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from chatkit.types import (
    Attachment,
    ImageAttachment,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadStreamEvent,
    UserMessageItem,
)
from pydantic import AnyUrl

from chat_api.store.aws_calls import call_aws
from chat_api.store.keys import encoded
from chatcore.thread_pools import FILES

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UPLOAD_SECONDS = 300
# An address also dies with the credentials that have signed it.
PREVIEW_SECONDS = 3600
# An image that is stored has no address. The type demands one.
UNSIGNED = AnyUrl("about:blank")


class AttachmentObjects:
    """The bucket's objects of attachments. Raises `StoreUnavailable` when S3 fails."""

    def __init__(self, client: Callable[[], S3Client], bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def upload_url(self, name: str, *, mime_type: str, size: int) -> str:
        """Return an address that takes PUTs of exactly this type and this many bytes.

        It takes any number of them until it expires.
        """
        params = {"Bucket": self._bucket, "Key": name, "ContentType": mime_type}
        return self._client().generate_presigned_url(
            "put_object", Params={**params, "ContentLength": size}, ExpiresIn=UPLOAD_SECONDS
        )

    def preview_url(self, name: str, mime_type: str) -> str:
        """Return an address of an image. A browser never takes the answer for a page."""
        return self._client().generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": name,
                "ResponseContentType": mime_type,
                "ResponseContentDisposition": "inline",
            },
            ExpiresIn=PREVIEW_SECONDS,
        )

    async def read(self, name: str, *, at_most: int) -> tuple[int, bytes] | None:
        """Return an object's size and its bytes; None if there is none.

        Of an object with more than `at_most` bytes, none are read.
        """
        return await call_aws("get_object", lambda: self._read(name, at_most), pool=FILES)

    async def write(self, name: str, data: bytes, mime_type: str) -> None:
        def put() -> Any:
            return self._client().put_object(
                Bucket=self._bucket,
                Key=name,
                Body=data,
                ContentType=mime_type,
                ContentDisposition="attachment",
            )

        await call_aws("put_object", put, pool=FILES)

    def _read(self, name: str, at_most: int) -> tuple[int, bytes] | None:
        try:
            found = self._client().get_object(Bucket=self._bucket, Key=name)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("NoSuchKey", "404"):
                return None
            raise
        body = found["Body"]
        with body:
            size = found["ContentLength"]
            return size, body.read() if size <= at_most else b""

    def shown(self, item: ThreadItem, user: str) -> ThreadItem:
        """Return an item whose images have addresses for a browser. These are never stored."""
        if not isinstance(item, UserMessageItem) or not item.attachments:
            return item
        signed = [self._signed(each, item.thread_id, user) for each in item.attachments]
        return item.model_copy(update={"attachments": signed})

    def shown_event(self, event: ThreadStreamEvent, user: str) -> ThreadStreamEvent:
        """Return an event whose item is shown."""
        if isinstance(event, ThreadItemDoneEvent):
            item = self.shown(event.item, user)
            return event if item is event.item else event.model_copy(update={"item": item})
        return event

    def _signed(self, attachment: Attachment, thread_id: str, user: str) -> Attachment:
        if not isinstance(attachment, ImageAttachment):
            return attachment
        name = copy_name(user, thread_id, attachment.id)
        url = AnyUrl(self.preview_url(name, attachment.mime_type))
        return attachment.model_copy(update={"preview_url": url})


def upload_name(user: str, attachment_id: str) -> str:
    """Return the name of an upload. Nothing in it is the user's choice, except encoded."""
    return f"uploads/{_digest(user)}/{encoded(attachment_id)}"


def copy_name(user: str, thread_id: str, attachment_id: str) -> str:
    """Return the name of a thread's copy of an upload."""
    return f"files/{_digest(user)}/{_digest(thread_id)}/{encoded(attachment_id)}"


def _digest(text: str) -> str:
    return sha256(encoded(text).encode()).hexdigest()
