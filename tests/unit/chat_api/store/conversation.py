"""Test data for the store, and functions that read what it has written to AWS."""

import random
from datetime import UTC, datetime
from typing import Any

import boto3
from chatkit.types import AssistantMessageContent, AssistantMessageItem, ThreadItem, ThreadMetadata

from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.turn_state import TurnState

CREATED = datetime(2026, 11, 21, 9, tzinfo=UTC)


def request_of(user: str) -> RequestContext:
    """Return the context of a new request, with an empty cache."""
    return RequestContext(user=user, session_id="s", turn=TurnState("turn_1"))


async def new_thread(
    store: DynamoStore, thread_id: str | None = None, created_at: datetime = CREATED
) -> ThreadMetadata:
    """Store a thread for alice and return it."""
    thread = ThreadMetadata(id=thread_id or store.mint("thread"), created_at=created_at)
    await store.save_thread(thread, request_of("alice"))
    return thread


def message(
    store: DynamoStore,
    thread: ThreadMetadata,
    text: str = "hello",
    *,
    id: str | None = None,
    created_at: datetime = CREATED,
) -> AssistantMessageItem:
    return AssistantMessageItem(
        id=id or store.mint("message"),
        thread_id=thread.id,
        created_at=created_at,
        content=[AssistantMessageContent(text=text)],
    )


async def say(
    store: DynamoStore, thread: ThreadMetadata, *texts: str
) -> list[AssistantMessageItem]:
    """Store messages in alice's thread and return them."""
    said = [message(store, thread, text) for text in texts]
    for item in said:
        await store.add_thread_item(thread.id, item, request_of("alice"))
    return said


async def texts(
    store: DynamoStore, thread: ThreadMetadata, context: RequestContext, limit: int = 20
) -> list[str]:
    """Return the texts of a thread's latest messages, newest first."""
    page = await store.load_thread_items(thread.id, None, limit, "desc", context)
    return [text_of(item) for item in page.data]


def text_of(item: ThreadItem) -> str:
    assert isinstance(item, AssistantMessageItem)
    return item.content[0].text


def big_text(seed: int = 0) -> str:
    """Return a text that compresses to no less than 128 KB."""
    return random.Random(seed).randbytes(150_000).hex()


def rows() -> list[Any]:
    return boto3.client("dynamodb").scan(TableName="threads")["Items"]


def put_row(row: Any) -> None:
    boto3.client("dynamodb").put_item(TableName="threads", Item=row)


def objects() -> list[str]:
    listed = boto3.client("s3").list_objects_v2(Bucket="files")
    return [found["Key"] for found in listed.get("Contents", [])]
