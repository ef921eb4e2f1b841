"""Attachments are saved, replaced and deleted."""

from typing import Any

import pytest
from chatkit.store import NotFoundError
from chatkit.types import AttachmentUploadDescriptor, FileAttachment, ImageAttachment
from pydantic import AnyUrl

from tests.store.contract.parts.part import Part, hostile
from tests.store.contract.user_store import Caller

type Alice = Caller[Any]


class AttachmentContract(Part):
    async def test_an_attachment_is_read_as_it_was_saved(self, alice: Alice) -> None:
        upload = AttachmentUploadDescriptor(
            url=AnyUrl("https://example.org/up?a=1"), method="PUT", headers={"a": "b"}
        )
        image = ImageAttachment(
            id=alice.mint("attachment"),
            name="a.png",
            mime_type="image/png",
            preview_url=AnyUrl("https://example.org/a.png"),
            upload_descriptor=upload,
            metadata={"key": "kept"},
        )
        await alice.save_attachment(image)
        assert await alice.load_attachment(image.id) == image

    async def test_a_later_save_replaces_an_attachment(self, alice: Alice) -> None:
        file = FileAttachment(id="atc_1", name="a.txt", mime_type="text/plain")
        await alice.save_attachment(file)
        sent = file.model_copy(update={"thread_id": "thr_1"})
        await alice.save_attachment(sent)
        assert await alice.load_attachment("atc_1") == sent

    async def test_a_deleted_attachment_is_gone_and_can_be_deleted_again(
        self, alice: Alice
    ) -> None:
        file = FileAttachment(id="atc_1", name="a.txt", mime_type="text/plain")
        await alice.save_attachment(file)
        for _ in range(2):
            await alice.delete_attachment("atc_1")
            with pytest.raises(NotFoundError):
                await alice.load_attachment("atc_1")

    async def test_an_attachment_belongs_to_its_user(self, alice: Alice, bob: Alice) -> None:
        file = FileAttachment(id="atc_1", name="a.txt", mime_type="text/plain")
        await alice.save_attachment(file)
        with pytest.raises(NotFoundError):
            await bob.load_attachment("atc_1")
        await bob.delete_attachment("atc_1")
        assert await alice.load_attachment("atc_1") == file

    @hostile
    async def test_an_attachment_may_have_any_id(self, alice: Alice, hostile: str) -> None:
        file = FileAttachment(id=hostile, name="a.txt", mime_type="text/plain")
        await alice.save_attachment(file)
        assert await alice.load_attachment(hostile) == file
        with pytest.raises(NotFoundError):
            await alice.load_attachment(hostile + "0")
