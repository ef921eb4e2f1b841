"""Two common store designs on the same table: correct, but expensive in long threads."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from chatkit.store import NotFoundError
from chatkit.types import Page, Thread, ThreadItem, ThreadMetadata
from pydantic import TypeAdapter

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, QueryInputTypeDef

    from chat_api.request_context import RequestContext

_ITEM = TypeAdapter[ThreadItem](ThreadItem)
THREAD_ROW = "thread"
ITEM_ROW = "item#"


class Rows:
    """JSON rows under two keys, separate for each owner, with consistent reads."""

    def __init__(self, client: DynamoDBClient, table: str, owner: str) -> None:
        self._client = client
        self._table = table
        self._owner = owner

    async def get(self, partition: str, sort: str) -> str | None:
        key = self._key(partition, sort)
        response = await asyncio.to_thread(
            self._client.get_item, TableName=self._table, Key=key, ConsistentRead=True
        )
        return response["Item"]["body"]["S"] if "Item" in response else None

    async def put(self, partition: str, sort: str, json: str) -> None:
        row = {**self._key(partition, sort), "body": {"S": json}}
        await asyncio.to_thread(self._client.put_item, TableName=self._table, Item=row)

    async def delete(self, partition: str, sort: str) -> None:
        key = self._key(partition, sort)
        await asyncio.to_thread(self._client.delete_item, TableName=self._table, Key=key)

    async def all(self, partition: str, prefix: str) -> list[str]:
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":pk": self._key(partition, "")["pk"],
                ":prefix": {"S": prefix},
            },
            "ConsistentRead": True,
        }
        found: list[str] = []
        while True:
            response = await asyncio.to_thread(self._client.query, **request)
            found += [row["body"]["S"] for row in response["Items"]]
            if "LastEvaluatedKey" not in response:
                return found
            request["ExclusiveStartKey"] = response["LastEvaluatedKey"]

    def _key(self, partition: str, sort: str) -> dict[str, AttributeValueTypeDef]:
        return {"pk": {"S": f"{self._owner}#{partition}"}, "sk": {"S": sort}}


class ReadsAll:
    """One row per item, by id. A page reads and sorts all of them."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def load_thread(self, thread_id: str, context: RequestContext) -> ThreadMetadata:
        json = await self._rows.get(_partition(thread_id, context), THREAD_ROW)
        if json is None:
            raise NotFoundError(f"Thread {thread_id} not found")
        return ThreadMetadata.model_validate_json(json)

    async def save_thread(self, thread: ThreadMetadata, context: RequestContext) -> None:
        json = thread.model_dump_json(exclude_none=True)
        await self._rows.put(_partition(thread.id, context), THREAD_ROW, json)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: RequestContext
    ) -> Page[ThreadItem]:
        rows = await self._rows.all(_partition(thread_id, context), ITEM_ROW)
        return page([_ITEM.validate_json(row) for row in rows], after, limit, order)

    async def add_thread_item(
        self, thread_id: str, item: ThreadItem, context: RequestContext
    ) -> None:
        partition, sort = _partition(thread_id, context), ITEM_ROW + item.id
        existing = await self._rows.get(partition, sort)
        if existing is not None:
            return _require_same(_ITEM.validate_json(existing), item)
        await self._rows.put(partition, sort, item.model_dump_json(exclude_none=True))

    async def delete_thread_item(
        self, thread_id: str, item_id: str, context: RequestContext
    ) -> None:
        await self._rows.delete(_partition(thread_id, context), ITEM_ROW + item_id)


class WholeRecord:
    """The thread and all its items in one row, which is read and written as a whole."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    async def load_thread(self, thread_id: str, context: RequestContext) -> Thread:
        json = await self._rows.get(_partition(thread_id, context), THREAD_ROW)
        if json is None:
            raise NotFoundError(f"Thread {thread_id} not found")
        return Thread.model_validate_json(json)

    async def save_thread(self, thread: ThreadMetadata, context: RequestContext) -> None:
        try:
            items = (await self.load_thread(thread.id, context)).items
        except NotFoundError:
            items = Page()
        bare = thread.model_dump(exclude={"items"})
        await self._save(Thread(**bare, items=items), context)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: RequestContext
    ) -> Page[ThreadItem]:
        thread = await self.load_thread(thread_id, context)
        return page(thread.items.data, after, limit, order)

    async def add_thread_item(
        self, thread_id: str, item: ThreadItem, context: RequestContext
    ) -> None:
        thread = await self.load_thread(thread_id, context)
        existing = [each for each in thread.items.data if each.id == item.id]
        if existing:
            return _require_same(existing[0], item)
        thread.items.data.append(item)
        await self._save(thread, context)

    async def delete_thread_item(
        self, thread_id: str, item_id: str, context: RequestContext
    ) -> None:
        thread = await self.load_thread(thread_id, context)
        thread.items.data = [each for each in thread.items.data if each.id != item_id]
        await self._save(thread, context)

    async def _save(self, thread: Thread, context: RequestContext) -> None:
        json = thread.model_dump_json(exclude_none=True)
        await self._rows.put(_partition(thread.id, context), THREAD_ROW, json)


def page(
    items: Sequence[ThreadItem], after: str | None, limit: int, order: str
) -> Page[ThreadItem]:
    """Return the page that follows the item `after`, in order of creation time."""
    ordered = sorted(items, key=lambda item: item.created_at, reverse=order == "desc")
    start = [item.id for item in ordered].index(after) + 1 if after is not None else 0
    found = ordered[start : start + limit]
    more = start + limit < len(ordered)
    return Page(data=found, has_more=more, after=found[-1].id if more else None)


def _partition(thread_id: str, context: RequestContext) -> str:
    return f"{context.user}#{thread_id}"


def _require_same(existing: ThreadItem, item: ThreadItem) -> None:
    if existing != item:
        raise ValueError(f"Item {item.id} exists already")
