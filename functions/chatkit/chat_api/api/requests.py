"""Requests of the ChatKit protocol: parsed strictly, and refused before anything is written."""

from collections.abc import Container

from chatkit.store import Store
from chatkit.types import (
    ChatKitReq,
    InferenceOptions,
    ItemsFeedbackReq,
    ItemsListReq,
    StructuredInputSubmission,
    ThreadCustomActionParams,
    ThreadsAddStructuredInputReq,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsCustomActionReq,
    ThreadsListReq,
    ThreadsRetryAfterItemReq,
    ThreadsSyncCustomActionReq,
    ThreadsUpdateReq,
    UserMessageInput,
    UserMessageItem,
    UserMessageTagContent,
    WidgetItem,
)
from pydantic import TypeAdapter, ValidationError

from chat_api.api.bounds import check_bounds, check_values, is_blank
from chat_api.api.json_body import fault_in, readable
from chat_api.conversation.mentions import NO_MENTIONS
from chat_api.model.texts import json_bytes
from chat_api.request_context import RequestContext
from chatcore.errors import InvalidRequest, TooLarge

MAX_PAGE = 100
MAX_TITLE = 200
# Characters: about 50,000 tokens of English, beside 64,000 tokens of history.
MAX_MESSAGE = 200_000
# Of one message. The bytes are those of one mention with all that belongs to it.
MAX_MENTIONS = 20
MAX_MENTION_BYTES = 8_000
# Of all answers to one form together.
MAX_VALUES = 100
_REQUEST = TypeAdapter[ChatKitReq](ChatKitReq)


def read_operation(body: bytes) -> ChatKitReq:
    """Return the parsed request.

    Raises `InvalidRequest` that names the fault, or an operation that is not supported.
    """
    try:
        request = _REQUEST.validate_json(readable(body))
    except ValidationError as error:
        raise InvalidRequest(f"Not a ChatKit request. {fault_in(error)}") from None
    check_bounds(request)
    return request


def check_request(
    request: ChatKitReq,
    *,
    models: Container[str] = (),
    tools: Container[str] = (),
    takes_mentions: bool = False,
) -> None:
    """Raise `InvalidRequest` or `TooLarge` for a fault that the request alone shows.

    `models` and `tools` are those that a message may ask for.
    """
    match request:
        case ThreadsUpdateReq():
            title = request.params.title.strip()
            if is_blank(title) or len(title) > MAX_TITLE:
                raise InvalidRequest(f"title: must have from 1 to {MAX_TITLE} characters")
        case ThreadsCreateReq() | ThreadsAddUserMessageReq():
            _check_message(request.params.input, takes_mentions=takes_mentions)
            _check_choice(request.params.input.inference_options, models, tools)
        case ThreadsAddStructuredInputReq():
            _check_answers(request.params.input)
        case ThreadsListReq() | ItemsListReq():
            _check_limit(request.params.limit)
        case ItemsFeedbackReq():
            if not request.params.item_ids:
                raise InvalidRequest("item_ids: must name an item")


async def check_stored(
    request: ChatKitReq, store: Store[RequestContext], context: RequestContext
) -> None:
    """Refuse what the SDK would answer wrongly: with a broken stream, or with a false success.

    Raises `InvalidRequest` or the store's `NotFoundError`.
    """
    if isinstance(request, ItemsListReq | ThreadsAddUserMessageReq):
        await store.load_thread(request.params.thread_id, context)
    match request:
        case ThreadsRetryAfterItemReq():
            thread_id, item_id = request.params.thread_id, request.params.item_id
            item = await store.load_item(thread_id, item_id, context)
            if not isinstance(item, UserMessageItem):
                raise InvalidRequest("Only a message of yours can be answered again.")
        case ThreadsCustomActionReq() | ThreadsSyncCustomActionReq():
            await _check_sender(request.params, store, context)


async def _check_sender(
    params: ThreadCustomActionParams, store: Store[RequestContext], context: RequestContext
) -> None:
    if params.item_id is None:
        await store.load_thread(params.thread_id, context)
        return
    if not isinstance(await store.load_item(params.thread_id, params.item_id, context), WidgetItem):
        raise InvalidRequest("Only a widget has actions.")


def _check_message(message: UserMessageInput, *, takes_mentions: bool) -> None:
    length = sum(len(part.text) for part in message.content) + len(message.quoted_text or "")
    if length > MAX_MESSAGE:
        raise TooLarge(f"The message has {length:,} characters. The most is {MAX_MESSAGE:,}.")
    _check_mentions(
        [part for part in message.content if isinstance(part, UserMessageTagContent)],
        are_taken=takes_mentions,
    )
    if not message.attachments and all(is_blank(part.text) for part in message.content):
        raise InvalidRequest("The message is empty.")


def _check_mentions(tags: list[UserMessageTagContent], *, are_taken: bool) -> None:
    if tags and not are_taken:
        raise InvalidRequest(NO_MENTIONS)
    if len(tags) > MAX_MENTIONS:
        raise InvalidRequest(f"params.input.content: must have at most {MAX_MENTIONS} mentions")
    for tag in tags:
        if is_blank(tag.text):
            raise InvalidRequest("params.input.content: a mention has no text")
        check_values("params.input.content", tag.data)
        if json_bytes(tag.model_dump(mode="json")) > MAX_MENTION_BYTES:
            raise TooLarge(f"A mention has at most {MAX_MENTION_BYTES:,} bytes.")


def _check_answers(submission: StructuredInputSubmission) -> None:
    values = [value for answer in submission.answers.values() for value in answer.values]
    if len(values) > MAX_VALUES:
        raise InvalidRequest(f"params.input.answers: must have at most {MAX_VALUES} values")
    length = sum(map(len, values))
    if length > MAX_MESSAGE:
        raise TooLarge(f"The answer has {length:,} characters. The most is {MAX_MESSAGE:,}.")


def _check_choice(options: InferenceOptions, models: Container[str], tools: Container[str]) -> None:
    if options.model and options.model not in models:
        raise InvalidRequest("This assistant has no such model to choose.")
    if options.tool_choice and options.tool_choice.id not in tools:
        raise InvalidRequest("This assistant has no such tool to choose.")


def _check_limit(limit: int | None) -> None:
    if limit is not None and not 1 <= limit <= MAX_PAGE:
        raise InvalidRequest(f"limit: must be from 1 to {MAX_PAGE}")
