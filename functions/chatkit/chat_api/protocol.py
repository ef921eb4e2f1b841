"""The SDK's server with what it leaves open: each method tells what."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing

from chatkit.server import ChatKitServer
from chatkit.types import (
    ClosedStatus,
    ErrorEvent,
    FeedbackKind,
    LockedStatus,
    NonStreamingReq,
    NoticeEvent,
    StreamingReq,
    ThreadItem,
    ThreadMetadata,
    ThreadsCreateReq,
    ThreadsRetryAfterItemReq,
    ThreadStreamEvent,
    WorkflowItem,
)
from pydantic import BaseModel

from chat_api.answers import broken_off
from chat_api.context import ChatContext
from chat_api.failures import GENERIC, error_event
from chat_api.store.dynamo import DynamoStore
from chat_api.timestamps import in_utc

REFUSALS = {
    "locked": "This conversation is locked. Please start a new one.",
    "closed": "This conversation is closed. Please start a new one.",
}


class ProtocolServer(ChatKitServer[ChatContext]):
    """Answers as the protocol says also where the SDK does not."""

    store: DynamoStore

    def stream(self, request: StreamingReq, context: ChatContext) -> AsyncGenerator[bytes]:
        """The events of a request's answer, as they go over the wire.

        With `answer` in place of the SDK's `process`, which reads the request a second time and for
        each one makes the schema of all requests anew: some milliseconds (measured, 1.6.5).
        """
        return self._process_streaming(request, context)

    async def answer(self, request: NonStreamingReq, context: ChatContext) -> bytes:
        """The JSON of the answer to a request that is not streamed."""
        return await self._process_non_streaming(request, context)

    async def add_feedback(
        self, thread_id: str, item_ids: list[str], feedback: FeedbackKind, context: ChatContext
    ) -> None:
        """Raises `NotFoundError`, and keeps nothing, unless each item is in the user's thread."""
        await self.store.save_feedback(thread_id, item_ids, feedback, context)

    async def handle_stream_cancelled(
        self, thread: ThreadMetadata, pending_items: list[ThreadItem], context: ChatContext
    ) -> None:
        """Keep also what the tools did. The SDK keeps messages alone."""
        await super().handle_stream_cancelled(thread, pending_items, context)
        for item in pending_items:
            if isinstance(item, WorkflowItem):
                await self.store.add_thread_item(thread.id, broken_off(item), context)

    async def take_back(self, thread_id: str, message_id: str, context: ChatContext) -> None:
        """Delete in batches what follows a message that is answered again.

        The SDK would delete it one by one.
        """
        await self.store.delete_items_after(thread_id, message_id, context)

    async def _process_streaming_impl(
        self, request: StreamingReq, context: ChatContext
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Take nothing in a thread that takes nothing more, and take back what is replaced."""
        if not isinstance(request, ThreadsCreateReq):
            thread = await self.store.load_thread(request.params.thread_id, context)
            if refused := refusal(thread):
                yield NoticeEvent(level="warning", message=refused)
                return
        if isinstance(request, ThreadsRetryAfterItemReq):
            await self.take_back(request.params.thread_id, request.params.item_id, context)
        async with aclosing(super()._process_streaming_impl(request, context)) as events:
            async for event in events:
                yield event

    async def _process_events(
        self,
        thread: ThreadMetadata,
        context: ChatContext,
        stream: Callable[[], AsyncIterator[ThreadStreamEvent]],
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Close the stream of events also when the SDK fails to store one of them."""
        opened = stream()
        try:
            async for event in super()._process_events(thread, context, lambda: opened):
                yield event
        finally:
            if isinstance(opened, AsyncGenerator):
                await opened.aclose()

    def _serialize(self, obj: BaseModel) -> bytes:
        if isinstance(obj, ErrorEvent) and obj.message is None:
            obj = error_event(GENERIC)
        return in_utc(super()._serialize(obj))


def refusal(thread: ThreadMetadata) -> str | None:
    """Why a thread takes no message, in a sentence; None for one that does."""
    match thread.status:
        case LockedStatus(reason=reason) | ClosedStatus(reason=reason):
            return reason or REFUSALS[thread.status.type]
    return None
