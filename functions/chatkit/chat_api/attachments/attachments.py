"""Attachments from `attachments.create` to the message that has them."""

from __future__ import annotations

from dataclasses import dataclass

from chatkit.types import (
    Attachment,
    AttachmentCreateParams,
    AttachmentUploadDescriptor,
    FileAttachment,
    ImageAttachment,
)
from pydantic import AnyUrl

from chat_api.attachments.content_check import check_content
from chat_api.attachments.policy import MAX_FILES_BYTES, AttachmentPolicy
from chat_api.request_context import RequestContext
from chat_api.store.attachment_objects import UNSIGNED, copy_name, upload_name
from chat_api.store.aws_calls import gather_all
from chat_api.store.dynamo import DynamoStore
from chatcore.errors import Conflict, InvalidRequest, TooLarge
from chatcore.shielded import run_to_completion

NONE_TAKEN = "This assistant takes no attachments."
# Images that every browser draws, and that none runs.
IMAGES = ("image/gif", "image/jpeg", "image/png", "image/webp")


@dataclass(frozen=True)
class _Checked:
    """An attachment, and the bytes to copy; None for one that the thread has a copy of."""

    attachment: Attachment
    data: bytes | None


class Attachments:
    """What the protocol does with attachments. Without a policy, all of it is refused."""

    def __init__(self, store: DynamoStore, policy: AttachmentPolicy | None) -> None:
        self._store = store
        self._policy = policy

    async def create(self, params: AttachmentCreateParams, context: RequestContext) -> Attachment:
        """Store a pending attachment, and return it with the address to upload the file to.

        Raise `InvalidRequest` or `TooLarge` for a file that the policy does not accept.
        """
        mime_type = self._required().check(params.name, params.size, params.mime_type)
        common = {
            "id": self._store.mint("attachment"),
            "name": params.name,
            "mime_type": mime_type,
            "metadata": {"size": params.size},
        }
        is_image = mime_type in IMAGES
        pending: Attachment = (
            ImageAttachment(**common, preview_url=UNSIGNED)
            if is_image
            else FileAttachment(**common)
        )
        await self._store.save_pending(pending, context)
        return self._with_urls(pending, params.size, context)

    async def delete(self, attachment_id: str, context: RequestContext) -> None:
        """Delete an attachment with its files. Raise `NotFoundError` for an unknown one."""
        self._required()
        attachment = await self._store.load_attachment(attachment_id, context)
        await self._store.delete_with_files(attachment_id, _threads(attachment), context)

    async def keep(self, ids: list[str], thread_id: str, context: RequestContext) -> None:
        """Check the files of a message that is about to be stored, and copy them for its thread.

        Raise `NotFoundError`, `Conflict` for a file that is not there as announced,
        `InvalidRequest` or `TooLarge`. Then the thread has none of the files, and the message can
        be sent again. The request then sees the attachments as they were here, even if they are
        deleted meanwhile.
        """
        if not ids:
            return
        policy = self._required()
        if len(ids) > policy.max_count:
            raise InvalidRequest(f"A message may have at most {policy.max_count} files.")
        if len(set(ids)) < len(ids):
            raise InvalidRequest("The message has the same file twice.")
        found = [await self._store.load_attachment(each, context) for each in ids]
        total = sum(map(_size, found))
        if total > MAX_FILES_BYTES:
            raise TooLarge(
                f"The files have {total:,} bytes together. The most is {MAX_FILES_BYTES:,}."
            )
        checked = await gather_all(self._checked(each, thread_id, context) for each in found)
        new = [each.attachment.id for each in checked if each.data is not None]
        try:
            await self._copy(checked, thread_id, context)
        except BaseException:
            # A write has failed, or the request was canceled while they ran to their end.
            await self._store.delete_copies(new, thread_id, context)
            raise
        for each in found:
            # The SDK loads each attachment for its message.
            metadata = {"size": _size(each)}
            context.cache.attachments[each.id] = each.model_copy(update={"metadata": metadata})

    async def _checked(
        self, attachment: Attachment, thread_id: str, context: RequestContext
    ) -> _Checked:
        # An upload is kept for a day. Later, an earlier thread's copy stands in for it.
        threads, own = _threads(attachment), copy_name(context.user, thread_id, attachment.id)
        sources = [
            *([own] if thread_id in threads else []),
            upload_name(context.user, attachment.id),
            *(copy_name(context.user, each, attachment.id) for each in threads),
        ]
        for name in sources:
            if read := await self._store.files.read(name, at_most=_size(attachment)):
                size, data = read
                if size != _size(attachment):
                    raise Conflict(
                        f"The file “{attachment.name}” does not have the announced size. Please"
                        " remove it and attach it again."
                    )
                check_content(attachment.name, attachment.mime_type, data)
                return _Checked(attachment, None if name == own else data)
        raise Conflict(
            f"The file “{attachment.name}” has not been uploaded. Please wait for its upload, or"
            " remove it and attach it again."
        )

    @run_to_completion
    async def _copy(self, checked: list[_Checked], thread_id: str, context: RequestContext) -> None:
        new = [each for each in checked if each.data is not None]
        await gather_all(
            self._store.add_thread(each.attachment.id, thread_id, context) for each in checked
        )
        await self._store.name_files([each.attachment.id for each in new], thread_id, context)
        await gather_all(self._write(each, thread_id, context) for each in new)

    async def _write(self, checked: _Checked, thread_id: str, context: RequestContext) -> None:
        name = copy_name(context.user, thread_id, checked.attachment.id)
        await self._store.files.write(name, checked.data or b"", checked.attachment.mime_type)

    def _with_urls(self, pending: Attachment, size: int, context: RequestContext) -> Attachment:
        files, name = self._store.files, upload_name(context.user, pending.id)
        url = AnyUrl(files.upload_url(name, mime_type=pending.mime_type, size=size))
        headers = {"Content-Type": pending.mime_type}
        descriptor = AttachmentUploadDescriptor(url=url, method="PUT", headers=headers)
        urls: dict[str, object] = {"upload_descriptor": descriptor}
        if isinstance(pending, ImageAttachment):
            urls["preview_url"] = AnyUrl(files.preview_url(name, pending.mime_type))
        return pending.model_copy(update=urls)

    def _required(self) -> AttachmentPolicy:
        if self._policy is None:
            raise InvalidRequest(NONE_TAKEN)
        return self._policy


def _size(attachment: Attachment) -> int:
    return int((attachment.metadata or {}).get("size", 0))


def _threads(attachment: Attachment) -> list[str]:
    return list((attachment.metadata or {}).get("threads", []))
