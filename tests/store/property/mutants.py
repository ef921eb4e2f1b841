"""Stores that each have one typical bug."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from chatkit.store import NotFoundError
from chatkit.types import Page, ThreadItem, ThreadMetadata

from chat_api.request_cache import RequestCache
from chat_api.request_context import RequestContext
from chat_api.store.blobs import Blobs
from chat_api.store.dynamo import DynamoStore
from chat_api.store.keys import (
    DELETED,
    FEEDBACK,
    ITEM,
    THREAD,
    TRANSCRIPT,
    is_note,
    thread_partition,
    user_partition,
)
from chat_api.store.places import find_place
from chat_api.store.retention import Retention
from chat_api.store.table import ThreadsTable
from chat_api.store.transcript import Transcript
from tests.store.contract.backend import RETENTION_DAYS, Backend, Clients, Location, new_backend
from tests.store.contract.clock import Clock

type Process = Callable[[Clients, Location, Clock], Backend]
type Call = Callable[..., Any]
type Change = Callable[..., Any]
EVERYTHING = 1000


class OverwritesOnAdd(DynamoStore):
    async def add_thread_item(
        self, thread_id: str, item: ThreadItem, context: RequestContext
    ) -> None:
        await self.save_item(thread_id, item, context)


class BeginsAPageWithTheItemBefore(DynamoStore):
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: RequestContext
    ) -> Page[ThreadItem]:
        page = await super().load_thread_items(thread_id, after, limit, order, context)
        if after and page.data:
            page.data.insert(0, await self.load_item(thread_id, after, context))
            del page.data[limit:]
        return page


class LosesItemsOfTheSameTime(DynamoStore):
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: RequestContext
    ) -> Page[ThreadItem]:
        page = await super().load_thread_items(thread_id, None, EVERYTHING, order, context)
        last = next((item for item in page.data if item.id == after), None)
        rest = [
            item
            for item in page.data
            if last is None or (item.created_at > last.created_at) == (order == "asc")
            if last is None or item.created_at != last.created_at
        ]
        data, more = rest[:limit], len(rest) > limit
        return Page(data=data, has_more=more, after=data[-1].id if more else None)


class LeavesADeletedThreadInTheList(DynamoStore):
    async def delete_thread(self, thread_id: str, context: RequestContext) -> None:
        await self.load_thread(thread_id, context)
        await self.delete_thread_rows(thread_id, context)


class LeavesTheTombstoneInTheList(DynamoStore):
    async def move_tombstone(self, thread_id: str, context: RequestContext) -> None:
        return


class MovesTheTombstoneBeforeItIsCopied(DynamoStore):
    async def move_tombstone(self, thread_id: str, context: RequestContext) -> None:
        rows = self._rows(context)
        partition = user_partition(context.user)
        place = await find_place(rows, partition, thread_id)
        await rows.delete(partition, [f"{THREAD}{place}"])
        await super().move_tombstone(thread_id, replace(context, cache=RequestCache()))


class TreatsEveryThreadAsNew(DynamoStore):
    async def save_thread(self, thread: ThreadMetadata, context: RequestContext) -> None:
        context.cache.minted.add(thread.id)
        await super().save_thread(thread, context)


class RestoresADeletedThread(DynamoStore):
    async def save_thread(self, thread: ThreadMetadata, context: RequestContext) -> None:
        try:
            await super().save_thread(thread, context)
        except NotFoundError:
            knows_nothing = replace(context, cache=RequestCache())
            knows_nothing.cache.minted.add(thread.id)
            await super().save_thread(thread, knows_nothing)


class MovesASavedItem(DynamoStore):
    async def save_item(self, thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        await self.delete_thread_item(thread_id, item.id, context)
        await super().save_item(thread_id, item, context)


class RestoresAnItemDeletedBeforeAPress(DynamoStore):
    async def replace_item(self, thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        await self.save_item(thread_id, item, context)


class RemembersOtherRequests(DynamoStore):
    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._kept: dict[str, RequestCache] = defaultdict(RequestCache)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: RequestContext
    ) -> Page[ThreadItem]:
        old = replace(context, cache=self._kept[context.user])
        return await super().load_thread_items(thread_id, after, limit, order, old)


class TrustsTheTurnsCache(DynamoStore):
    async def is_deleted(self, thread_id: str, context: RequestContext) -> bool:
        return self.knows_deleted(thread_id, context)


class DeletesOnlyItems(DynamoStore):
    async def delete_thread_rows(self, thread_id: str, context: RequestContext) -> None:
        for item in (
            await self.load_thread_items(thread_id, None, EVERYTHING, "asc", context)
        ).data:
            await self.delete_thread_item(thread_id, item.id, context)


class TakesBackKindByKind(Transcript):
    async def take_back(
        self, thread_id: str, message_id: str, turn: list[Any], context: RequestContext
    ) -> None:
        await self.save(thread_id, message_id, turn, context)
        rows = self._rows(context)
        partition = thread_partition(context.user, thread_id)
        place = await find_place(rows, partition, message_id)
        assert place is not None
        for kind in (TRANSCRIPT, FEEDBACK, ITEM):
            keys = await self._table.keys(partition, kind, after=kind + place)
            await rows.delete(partition, [key["sk"]["S"] for key in reversed(keys)])


class KeepsLaterTurns(Transcript):
    async def take_back(
        self, thread_id: str, message_id: str, turn: list[Any], context: RequestContext
    ) -> None:
        await self.save(thread_id, message_id, turn, context)


class ChangedClient:
    """A DynamoDB client with a change to one operation, or to every operation ("*")."""

    def __init__(self, client: Any, operation: str, change: Change) -> None:
        self._client = client
        self._operation = operation
        self._change = change

    def __getattr__(self, name: str) -> Any:
        known = getattr(self._client, name)
        altered = self._operation in (name, "*") and callable(known)
        return partial(self._change, known) if altered else known


def end_pages_at_expired_rows(clock: Clock, call: Call, **arguments: Any) -> Any:
    answer = call(**arguments)
    expiries = [int(row["expires_at"]["N"]) for row in answer["Items"] if "expires_at" in row]
    if any(expiry <= clock() for expiry in expiries):
        answer.pop("LastEvaluatedKey", None)
    return answer


def save_over_tombstones(clock: Clock, call: Call, **arguments: Any) -> Any:
    if arguments.get("ConditionExpression") == "attribute_not_exists(deleted)":
        del arguments["ConditionExpression"]
    return call(**arguments)


def forget_moved_tombstones(clock: Clock, call: Call, **arguments: Any) -> Any:
    is_moved = arguments["Item"]["sk"]["S"].startswith(DELETED)
    return {} if is_moved else call(**arguments)


def leave_a_note_in_a_deleted_thread(clock: Clock, call: Call, **arguments: Any) -> Any:
    [requests] = arguments["RequestItems"].values()
    keys = [request.get("DeleteRequest", {}).get("Key") for request in requests]
    if len(keys) == 1 and keys[0] and is_note(keys[0]["sk"]["S"]):
        return {"UnprocessedItems": {}}
    return call(**arguments)


def leave_the_user_out_of_items_keys(clock: Clock, call: Call, **arguments: Any) -> Any:
    def shared(value: Any) -> Any:
        match value:
            case dict():
                return {key: shared(each) for key, each in value.items()}
            case list():
                return [shared(each) for each in value]
            case str():
                return re.sub("^user#[^#]*#thread#", "user#all#thread#", value)
        return value

    return call(**shared(arguments))


def of_class(store: type[DynamoStore]) -> Process:
    return lambda aws_clients, location, clock: new_backend(aws_clients, location, clock, store)


def with_transcript(kind: type[Transcript]) -> Process:
    def process(aws_clients: Clients, location: Location, clock: Clock) -> Backend:
        made = new_backend(aws_clients, location, clock)
        table = ThreadsTable(lambda: aws_clients.dynamodb, location.table)
        blobs = Blobs(lambda: location.s3(aws_clients), location.bucket)
        transcript = kind(table, blobs, Retention(RETENTION_DAYS, clock))
        return replace(made, transcript=transcript)

    return process


def with_client(operation: str, change: Change) -> Process:
    def process(aws_clients: Clients, location: Location, clock: Clock) -> Backend:
        altered: Any = ChangedClient(aws_clients.dynamodb, operation, partial(change, clock))
        return replace(
            new_backend(Clients(altered, aws_clients.s3), location, clock), clients=aws_clients
        )

    return process


MUTANTS: dict[str, Process] = {
    "overwrites_on_add": of_class(OverwritesOnAdd),
    "begins_a_page_with_the_item_before": of_class(BeginsAPageWithTheItemBefore),
    "loses_items_of_the_same_time": of_class(LosesItemsOfTheSameTime),
    "leaves_a_deleted_thread_in_the_list": of_class(LeavesADeletedThreadInTheList),
    "leaves_the_tombstone_in_the_list": of_class(LeavesTheTombstoneInTheList),
    "moves_the_tombstone_before_it_is_copied": of_class(MovesTheTombstoneBeforeItIsCopied),
    "treats_every_thread_as_new": of_class(TreatsEveryThreadAsNew),
    "restores_a_deleted_thread": of_class(RestoresADeletedThread),
    "moves_a_saved_item": of_class(MovesASavedItem),
    "restores_an_item_deleted_before_a_press": of_class(RestoresAnItemDeletedBeforeAPress),
    "leaves_a_note_in_a_deleted_thread": with_client(
        "batch_write_item", leave_a_note_in_a_deleted_thread
    ),
    "remembers_other_requests": of_class(RemembersOtherRequests),
    "trusts_the_turns_cache": of_class(TrustsTheTurnsCache),
    "deletes_only_items": of_class(DeletesOnlyItems),
    "takes_back_kind_by_kind": with_transcript(TakesBackKindByKind),
    "keeps_later_turns": with_transcript(KeepsLaterTurns),
    "ends_pages_at_expired_rows": with_client("query", end_pages_at_expired_rows),
    "forgets_moved_tombstones": with_client("put_item", forget_moved_tombstones),
    "saves_over_tombstones": with_client("put_item", save_over_tombstones),
    "leaves_the_user_out_of_items_keys": with_client("*", leave_the_user_out_of_items_keys),
}
