"""The SDK's server, with every override of its private methods; each says what it adds."""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable

from chatkit.server import ChatKitServer
from chatkit.types import (
    AttachmentsCreateReq,
    AttachmentsDeleteReq,
    AudioInput,
    ClosedStatus,
    EndOfTurnItem,
    ErrorEvent,
    FeedbackKind,
    GeneratedImageItem,
    ItemsListReq,
    LockedStatus,
    NonStreamingReq,
    NoticeEvent,
    StreamingReq,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadsAddClientToolOutputReq,
    ThreadsAddStructuredInputReq,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsCustomActionReq,
    ThreadsRetryAfterItemReq,
    ThreadStreamEvent,
    TranscriptionResult,
)
from pydantic import BaseModel

from chat_api.attachments.attachments import Attachments
from chat_api.conversation.replies import LateReply, Replies, Reply
from chat_api.dictation.transcriber import Transcriber
from chat_api.errors import GENERIC, error_event
from chat_api.own_items import is_hidden, rated
from chat_api.request_context import RequestContext
from chat_api.sse import in_utc
from chat_api.store.dynamo import DynamoStore
from chatcore.logs import described, logger

# Not an error: a retry could only fail.
DELETED = NoticeEvent(level="info", message="This chat was deleted.")
REFUSALS = {
    "locked": "This conversation is locked. Please start a new one.",
    "closed": "This conversation is closed. Please start a new one.",
}


# As in the SDK.
PAGE_SIZE = 20


class SdkServer(ChatKitServer[RequestContext]):
    """Follows the protocol where the SDK does not."""

    store: DynamoStore
    replies: Replies
    attachments: Attachments
    # None if the assistant takes no dictation.
    transcriber: Transcriber | None = None

    async def open_stream(
        self, request: StreamingReq, context: RequestContext
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Prepare the answer to a request, and return its events.

        A thread that accepts nothing more is answered with a notice, and gets no files. A reply to
        a question is checked and stored here, because the SDK would store it even if the question
        is closed. The SDK's own `process` is not used: it parses the request a second time, and
        builds the schema of all requests again for each one, which takes milliseconds (measured
        with 1.6.5).
        """
        if not isinstance(request, ThreadsCreateReq):
            thread = await self.store.load_thread(request.params.thread_id, context)
            if isinstance(request, ThreadsCustomActionReq):
                return self.act(thread, request, context)
            if refused := refusal(thread):
                return _only(NoticeEvent(level="warning", message=refused))
            if isinstance(request, ThreadsAddUserMessageReq):
                await self.attachments.keep(request.params.input.attachments, thread.id, context)
            if isinstance(request, ThreadsAddClientToolOutputReq | ThreadsAddStructuredInputReq):
                reply = await self.replies.take(request, context)
                return self._process_events(
                    thread, context, lambda: self.continue_turn(thread, reply, context)
                )
        elif files := request.params.input.attachments:
            await self.attachments.keep(files, self.store.generate_thread_id(context), context)
        if isinstance(request, ThreadsRetryAfterItemReq):
            await self.take_back(request.params.thread_id, request.params.item_id, context)
        return self._process_streaming_impl(request, context)

    async def answer(self, request: NonStreamingReq, context: RequestContext) -> bytes:
        """Return the JSON answer to a request that is not streamed.

        The SDK would store the addresses of an attachment, and takes any id for one to delete.
        """
        if isinstance(request, ItemsListReq):
            return await self._listed(request, context)
        if isinstance(request, AttachmentsCreateReq):
            return self._serialize(await self.attachments.create(request.params, context))
        if isinstance(request, AttachmentsDeleteReq):
            await self.attachments.delete(request.params.attachment_id, context)
            return b"{}"
        return await self._process_non_streaming(request, context)

    async def _listed(self, request: ItemsListReq, context: RequestContext) -> bytes:
        """Return a page of items, in which the ends of answers hold the feedback on them.

        The SDK's page has no feedback.
        """
        params = request.params
        page = await self.store.load_thread_items(
            params.thread_id, params.after, params.limit or PAGE_SIZE, params.order, context
        )
        ends = [item.id for item in page.data if isinstance(item, EndOfTurnItem)]
        if ends:
            given = await self.store.load_feedback(params.thread_id, ends, context)
            kinds = {item_id: feedback.kind for item_id, feedback in given.items()}
            page.data = [rated(item, kinds.get(item.id)) for item in page.data]
        return self._serialize(page)

    async def add_feedback(
        self, thread_id: str, item_ids: list[str], feedback: FeedbackKind, context: RequestContext
    ) -> None:
        """Store the feedback. Raise `NotFoundError` unless each item is in the user's thread."""
        await self.store.save_feedback(thread_id, item_ids, feedback, context)

    async def transcribe(
        self, audio_input: AudioInput, context: RequestContext
    ) -> TranscriptionResult:
        """Return the text of a recording. Raise what `Transcriber.transcribe` raises."""
        assert self.transcriber is not None
        text = await self.transcriber.transcribe(audio_input, context.turn.tokens)
        return TranscriptionResult(text=text)

    async def handle_stream_cancelled(
        self, thread: ThreadMetadata, pending_items: list[ThreadItem], context: RequestContext
    ) -> None:
        """Store the SDK's mark of a stopped answer. `_process_events` ends the pending items."""
        if self.store.knows_deleted(thread.id, context):
            return
        await super().handle_stream_cancelled(thread, [], context)

    @abstractmethod
    def act(
        self, thread: ThreadMetadata, request: ThreadsCustomActionReq, context: RequestContext
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Yield what an action shows, which is stored already, and the answer that it starts.

        A locked or closed thread may accept an action. The SDK would store the widget again, even
        if it is unchanged or was deleted.
        """

    @abstractmethod
    def continue_turn(
        self, thread: ThreadMetadata, reply: Reply | LateReply, context: RequestContext
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Stream the rest of a turn that waited, from a reply that is stored."""

    @abstractmethod
    async def take_back(self, thread_id: str, message_id: str, context: RequestContext) -> None:
        """Delete everything after a message that is answered again.

        The SDK would delete the items one by one.
        """

    async def _process_events(
        self,
        thread: ThreadMetadata,
        context: RequestContext,
        stream: Callable[[], AsyncIterator[ThreadStreamEvent]],
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """End the items that the stream leaves open, however it ends, and close it.

        The SDK drops the open items of a stream that fails, and an item that it cannot store.
        """
        opened = stream()
        try:
            async for event in super()._process_events(thread, context, lambda: opened):
                if isinstance(event, ErrorEvent):
                    async for ending in self._end_open(thread, context):
                        yield ending
                    if self.store.knows_deleted(thread.id, context):
                        event = DELETED
                    elif event.message is None:
                        event = error_event(GENERIC)
                if not _shows_hidden(event):
                    context.turn.answer.follow(event)
                    if isinstance(event, ThreadItemDoneEvent):
                        event = await self._with_address(event, context)
                    yield event
        except asyncio.CancelledError:
            async for ending in self._end_open(thread, context):
                yield ending
            if self.store.knows_deleted(thread.id, context):
                yield DELETED
            raise
        finally:
            if isinstance(opened, AsyncGenerator):
                await opened.aclose()
            if context.cache.unnamed_images:
                await self.store.discard_unnamed_images(context)

    async def _with_address(
        self, event: ThreadItemDoneEvent, context: RequestContext
    ) -> ThreadItemDoneEvent:
        """Return the event with an address in its image, if it has one. The item is stored."""
        if not isinstance(event.item, GeneratedImageItem):
            return event
        [item] = await self.store.with_addresses([event.item], context)
        return ThreadItemDoneEvent(item=item)

    async def _end_open(
        self, thread: ThreadMetadata, context: RequestContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        """End the open items of a stream that was cut, in the store and for its clients."""
        for ending in context.turn.answer.open.endings(whole=False):
            stored = await self._store_ending(thread.id, ending, context)
            context.turn.answer.follow(stored)
            if isinstance(stored, ThreadItemDoneEvent):
                stored = await self._with_address(stored, context)
            if not _shows_hidden(stored):
                yield stored

    async def _store_ending(
        self, thread_id: str, ending: ThreadStreamEvent, context: RequestContext
    ) -> ThreadStreamEvent:
        """Store the item that an event ends, and return the event that matches what is stored."""
        try:
            match ending:
                case ThreadItemDoneEvent(item=item):
                    return ThreadItemDoneEvent(item=await self._add(thread_id, item, context))
                case ThreadItemReplacedEvent(item=item):
                    await self.store.save_item(thread_id, item, context)
        except Exception as error:
            if not self.store.knows_deleted(thread_id, context):
                logger.error("item_not_kept", thread_id=thread_id, **described(error))
            if isinstance(ending, ThreadItemDoneEvent):
                return ThreadItemRemovedEvent(item_id=ending.item.id)
        return ending

    async def _add(self, thread_id: str, item: ThreadItem, context: RequestContext) -> ThreadItem:
        """Add an item, unless it was stored just before the stream was cut."""
        try:
            await self.store.add_thread_item(thread_id, item, context)
        except ValueError:
            return await self.store.load_item(thread_id, item.id, context)
        return item

    def _serialize(self, obj: BaseModel) -> bytes:
        return in_utc(super()._serialize(obj))


def _shows_hidden(event: ThreadStreamEvent) -> bool:
    """Return whether an event concerns an item for the model alone. The SDK sends some of them."""
    if event.type == "thread.item.updated":
        # Most events are updates, which have no item.
        return False
    return is_hidden(getattr(event, "item", None))


async def _only(event: ThreadStreamEvent) -> AsyncGenerator[ThreadStreamEvent]:
    yield event


def refusal(thread: ThreadMetadata) -> str | None:
    """Return why a thread accepts no message, in a sentence; None if it accepts one."""
    match thread.status:
        case LockedStatus(reason=reason) | ClosedStatus(reason=reason):
            return reason or REFUSALS[thread.status.type]
    return None
