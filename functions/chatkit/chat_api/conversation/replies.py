"""Replies to a turn that waits, by the person or the page: checked and stored."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from chatkit.store import NotFoundError
from chatkit.types import (
    ClientToolCallItem,
    StructuredInputItem,
    ThreadItem,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadsAddClientToolOutputReq,
    ThreadsAddStructuredInputReq,
    ThreadStreamEvent,
    UserMessageItem,
)

from chat_api.conversation.approvals import check_decisions
from chat_api.conversation.questions import skipped, unanswered, with_answers
from chat_api.errors import OUTDATED
from chat_api.pending_items import PendingItem, is_pending
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.items import ItemChanged
from chat_api.store.transcript import Transcript
from chat_api.store.waiting_turns import Unreadable, WaitingTurn
from chatcore.errors import Conflict, InvalidRequest
from chatcore.logs import described, logger

NOTHING_WAITS = "Nothing in this thread waits for a tool of the page."
NOT_OPEN = "This question is no longer open."
NOT_A_QUESTION = "Only a question of the assistant can be answered."
# What the model reads of a reply to a turn whose state could not be read.
NOT_CONTINUED = (
    "You could not continue after the user's last reply, because this service has changed since you"
    " asked."
)
NOT_DONE = " Nothing that the user approved there was done. Call its tool again if it is needed."
DONE_OR_NOT = " If the user approved anything there, it is not known whether it was done. Say so."

type ReplyRequest = ThreadsAddClientToolOutputReq | ThreadsAddStructuredInputReq


@dataclass(frozen=True)
class Reply:
    """An item with its reply, which is stored, and the turn that waited for it.

    `message` began the turn. If the reply is repeated, an earlier process may have run calls.
    """

    item: PendingItem
    turn: WaitingTurn
    message: UserMessageItem
    is_repeated: bool = False

    @property
    def events(self) -> list[ThreadStreamEvent]:
        """What shows the reply. A page that ran a client tool knows its result."""
        return _shown(self.item)


@dataclass(frozen=True)
class LateReply:
    """An item with its reply, which is stored. The state of its turn cannot be read.

    If the reply is repeated, a process that could read the state may have acted on it.
    """

    item: PendingItem
    message: UserMessageItem
    is_repeated: bool = False


class Replies:
    """Accepts a reply while its item is pending.

    The same reply is accepted again until its turn has ended, because the process that took it
    first may have died.
    """

    def __init__(self, store: DynamoStore, transcript: Transcript) -> None:
        self._store = store
        self._transcript = transcript

    async def take(self, request: ReplyRequest, context: RequestContext) -> Reply | LateReply:
        """Store a reply, and return it with the turn that continues.

        Raise `NotFoundError`, `InvalidRequest` for an item that is not a question, and `Conflict`
        for one that does not wait. Nothing changes then.
        """
        thread_id = request.params.thread_id
        await self._check(request, context)
        message, items = await newest_turn(self._store, thread_id, context)
        stored = next((each for each in items if _is_for(request, each)), None)
        if not message or not isinstance(stored, ClientToolCallItem | StructuredInputItem):
            is_tool = isinstance(request, ThreadsAddClientToolOutputReq)
            raise Conflict(NOTHING_WAITS if is_tool else NOT_OPEN)
        turn = await self._transcript.waiting_turn(thread_id, message.id, context)
        if turn is None or (isinstance(turn, WaitingTurn) and turn.item_id != stored.id):
            raise Conflict(NOT_OPEN)
        answered = _answered(stored, request, turn)
        if not is_pending(stored) and answered != stored:
            raise Conflict(NOT_OPEN)
        try:
            await self._store.replace_item(thread_id, answered, context)
        except ItemChanged:
            raise Conflict(NOT_OPEN) from None
        if isinstance(turn, Unreadable):
            return LateReply(answered, message, is_repeated=not is_pending(stored))
        return Reply(answered, turn, message, is_repeated=not is_pending(stored))

    async def explain(
        self, thread_id: str, reply: LateReply, context: RequestContext
    ) -> AsyncGenerator[ThreadStreamEvent]:
        """Show that a reply is stored. Explain to the person and the model why that is all."""
        for event in _shown(reply.item):
            yield event
        note = NOT_CONTINUED + (DONE_OR_NOT if reply.is_repeated else NOT_DONE)
        await self._store.add_note(thread_id, note, context)
        await self._transcript.drop_waiting(thread_id, reply.message.id, context)
        raise OUTDATED.error()

    async def waited_for(
        self, thread_id: str, turn: WaitingTurn, context: RequestContext
    ) -> ThreadItem | None:
        """Return the item that a turn waits for; None if it was deleted or never stored."""
        try:
            return await self._store.load_item(thread_id, turn.item_id, context)
        except NotFoundError:
            return None

    async def close(self, item: ThreadItem, context: RequestContext) -> list[ThreadStreamEvent]:
        """Close an item that got a new message instead of a reply. Return events that show it.

        A question is skipped, and the call of a client tool is removed, as in the SDK. An item that
        is closed already is shown as it is.
        """
        if not isinstance(item, ClientToolCallItem | StructuredInputItem):
            return []
        if not is_pending(item):
            return _shown(item)
        if isinstance(item, ClientToolCallItem):
            await self._store.delete_thread_item(item.thread_id, item.id, context)
            return [ThreadItemRemovedEvent(item_id=item.id)]
        closed = skipped(item)
        try:
            await self._store.replace_item(item.thread_id, closed, context)
        except (ItemChanged, NotFoundError) as error:
            logger.warning("question_not_skipped", item_id=item.id, **described(error))
            return []
        return _shown(closed)

    async def _check(self, request: ReplyRequest, context: RequestContext) -> None:
        """Raise `NotFoundError` or `InvalidRequest` if the item in a request is not a question."""
        if isinstance(request, ThreadsAddStructuredInputReq):
            thread_id, item_id = request.params.thread_id, request.params.item_id
            item = await self._store.load_item(thread_id, item_id, context)
            if not isinstance(item, StructuredInputItem):
                raise InvalidRequest(NOT_A_QUESTION)


async def newest_turn(
    store: DynamoStore, thread_id: str, context: RequestContext
) -> tuple[UserMessageItem | None, list[ThreadItem]]:
    """Return the newest message of the user, and the items after it, newest first."""
    found: list[ThreadItem] = []
    after: str | None = None
    while True:
        page = await store.load_thread_items(thread_id, after, 20, "desc", context)
        for item in page.data:
            if isinstance(item, UserMessageItem):
                return item, found
            found.append(item)
        if not page.has_more:
            return None, found
        after = page.after


def _is_for(request: ReplyRequest, item: ThreadItem) -> bool:
    """Return whether a request may answer an item.

    The protocol does not say whose result a client tool's result is. A client may name the item in
    the request's metadata. Without it, the result is for the newest call.
    """
    if isinstance(request, ThreadsAddStructuredInputReq):
        return item.id == request.params.item_id
    named = request.metadata.get("item_id", item.id)
    return isinstance(item, ClientToolCallItem) and bool(item.id == named)


def _shown(item: PendingItem) -> list[ThreadStreamEvent]:
    return [ThreadItemReplacedEvent(item=item)] if isinstance(item, StructuredInputItem) else []


def _answered(
    item: PendingItem, request: ReplyRequest, turn: WaitingTurn | Unreadable
) -> PendingItem:
    """Return the item with the request's answer in it, even if it is answered already."""
    if isinstance(request, ThreadsAddClientToolOutputReq):
        return item.model_copy(update={"status": "completed", "output": request.params.result})
    assert isinstance(item, StructuredInputItem)
    if isinstance(turn, WaitingTurn) and turn.asks_approval:
        check_decisions(request.params.input)
    return with_answers(unanswered(item), request.params.input)
