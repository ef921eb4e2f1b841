"""Images that a model has drawn: an object in the bucket, and its name in the item's row.

The object is put before the row, as for bodies. An item that is stored or loaded holds the object's
name where the protocol has an address. An address is made whenever the item goes out, because it
dies with the credentials that signed it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from chatkit.types import GeneratedImage, GeneratedImageItem, ThreadItem

from chat_api.request_context import RequestContext
from chat_api.store.existence import refuse_missing
from chat_api.store.keys import image_folder, thread_partition
from chat_api.store.store_part import StorePart
from chatcore.shielded import run_to_completion

if TYPE_CHECKING:
    from chat_api.store.rows import Row

# The types that an image may have, by the end of its object's name. None of them can hold a script.
MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
# How long an address can be used, unless the function's credentials expire earlier.
ADDRESS_SECONDS = 3600


class ImageFiles(StorePart):
    """Images belong to a thread. Deleting the thread or the item deletes them."""

    @run_to_completion
    async def put_image(
        self, thread_id: str, content: bytes, kind: str, context: RequestContext
    ) -> str:
        """Put an image of one of `MEDIA_TYPES`, and return its name, which is new each time.

        Raise `NotFoundError` if the thread is known to be deleted.
        """
        rows = self._rows(context)
        refuse_missing(rows, context.user, thread_id, self._now())
        name = f"{image_folder(context.user, thread_id)}{uuid.uuid4().hex}.{kind}"
        # Noted first: a put that fails may still have stored the object.
        context.cache.unnamed_images.add(name)
        rows.objects(thread_partition(context.user, thread_id)).add(name)
        await self._blobs.put_file(name, content, MEDIA_TYPES[kind])
        return name

    async def with_addresses(
        self, items: Sequence[ThreadItem], context: RequestContext
    ) -> list[ThreadItem]:
        """Return the items with an address in each image, in place of its name."""
        files = {
            image.url: MEDIA_TYPES[kind]
            for item in items
            if (image := _image_in(item))
            and image.url.startswith(image_folder(context.user, item.thread_id))
            and (kind := image.url.rpartition(".")[2]) in MEDIA_TYPES
        }
        if not files:
            return [*items]
        addresses = await self._blobs.addresses(files, ADDRESS_SECONDS)
        return [_with_address(item, addresses) for item in items]

    @run_to_completion
    async def discard_unnamed_images(self, context: RequestContext) -> None:
        """Delete the images of this request that no item names, for example of a stopped turn."""
        names, context.cache.unnamed_images = context.cache.unnamed_images, set()
        if names:
            await self._blobs.discard((), also=names)


def named_image(item: ThreadItem, context: RequestContext) -> Row:
    """Return the attribute of a row that names the item's image; none for an item without one.

    From now on, the item counts as the one that names the image: the row may be stored even if its
    write seems to fail.
    """
    image = _image_in(item)
    if image is None or not image.url.startswith(image_folder(context.user, item.thread_id)):
        return {}
    context.cache.unnamed_images.discard(image.url)
    return {"image": {"S": image.url}}


def _image_in(item: ThreadItem) -> GeneratedImage | None:
    return item.image if isinstance(item, GeneratedImageItem) else None


def _with_address(item: ThreadItem, addresses: dict[str, str]) -> ThreadItem:
    image = _image_in(item)
    if image is None or image.url not in addresses:
        return item
    shown = image.model_copy(update={"url": addresses[image.url]})
    return item.model_copy(update={"image": shown})
