"""The requests of the ChatKit protocol: read strictly, and refused before anything is written."""

from chatkit.store import Store
from chatkit.types import (
    ChatKitReq,
    ItemsListReq,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsListReq,
    ThreadsRetryAfterItemReq,
    ThreadsUpdateReq,
    UserMessageInput,
    UserMessageItem,
    UserMessageTagContent,
)
from pydantic import TypeAdapter, ValidationError

from chat_api.bounds import check_bounds
from chat_api.context import ChatContext
from chatcore.errors import InvalidRequest, TooLarge

MAX_PAGE = 100
MAX_TITLE = 200
# JSON included; about 50,000 tokens of English, of a model that is given 64,000 more of history.
MAX_MESSAGE = 200_000
REFUSED = {
    "threads.add_client_tool_output": "Nothing in this thread waits for a tool of the page.",
    "threads.add_structured_input": "Nothing in this thread waits for a form.",
    "threads.custom_action": "This assistant has no actions.",
    "threads.sync_custom_action": "This assistant has no actions.",
    "items.feedback": "This assistant takes no feedback.",
    "attachments.create": "This assistant takes no attachments.",
    "attachments.delete": "This assistant takes no attachments.",
    "input.transcribe": "This assistant takes no dictation.",
}
_REQUEST = TypeAdapter[ChatKitReq](ChatKitReq)


def read_operation(body: bytes) -> ChatKitReq:
    """The request; `InvalidRequest` that names what is wrong, or which operation is not taken."""
    try:
        request = _REQUEST.validate_json(body)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in fault["loc"]) or "body"
        raise InvalidRequest(f"Not a ChatKit request. {where}: {fault['msg']}") from None
    check_bounds(request)
    if request.type in REFUSED:
        raise InvalidRequest(REFUSED[request.type])
    return request


async def check_operation(
    request: ChatKitReq, store: Store[ChatContext], context: ChatContext
) -> None:
    """Refuse what the SDK would answer wrongly: with a broken stream, or as if all were well.

    Raises `InvalidRequest` or the store's `NotFoundError`.
    """
    if isinstance(request, ItemsListReq | ThreadsAddUserMessageReq):
        await store.load_thread(request.params.thread_id, context)
    match request:
        case ThreadsUpdateReq():
            if not 1 <= len(request.params.title.strip()) <= MAX_TITLE:
                raise InvalidRequest(f"title: must have from 1 to {MAX_TITLE} characters")
        case ThreadsCreateReq() | ThreadsAddUserMessageReq():
            _check_message(request.params.input)
            for attachment_id in request.params.input.attachments:
                await store.load_attachment(attachment_id, context)
        case ThreadsListReq() | ItemsListReq():
            _check_limit(request.params.limit)
        case ThreadsRetryAfterItemReq():
            thread_id, item_id = request.params.thread_id, request.params.item_id
            item = await store.load_item(thread_id, item_id, context)
            if not isinstance(item, UserMessageItem):
                raise InvalidRequest("Only a message of yours can be answered again.")


def _check_message(message: UserMessageInput) -> None:
    if len(message.model_dump_json()) > MAX_MESSAGE:
        raise TooLarge(f"The message is longer than {MAX_MESSAGE:,} characters.")
    if any(isinstance(part, UserMessageTagContent) for part in message.content):
        raise InvalidRequest("This assistant takes no mentions.")
    if not message.attachments and not any(part.text.strip() for part in message.content):
        raise InvalidRequest("The message is empty.")
    if message.inference_options.model or message.inference_options.tool_choice:
        raise InvalidRequest("This assistant leaves no choice of model or tool.")


def _check_limit(limit: int | None) -> None:
    if limit is not None and not 1 <= limit <= MAX_PAGE:
        raise InvalidRequest(f"limit: must be from 1 to {MAX_PAGE}")
