"""Large bodies, which are stored in the bucket."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from chatkit.store import NotFoundError

from chat_api.request_context import RequestContext
from chat_api.store.aws_calls import StoreUnavailable
from chat_api.store.blobs import Blobs
from chat_api.store.dynamo import DynamoStore
from chat_api.store.transcript import Transcript
from tests.unit.chat_api.store.aws_errors import client_error
from tests.unit.chat_api.store.conversation import (
    big_text,
    message,
    new_thread,
    objects,
    request_of,
    rows,
    say,
    texts,
)


class Refusing:
    """An S3 client that fails every call with one error."""

    def __init__(self, code: str, status: int) -> None:
        self.error = client_error(code, status, "PutObject")
        self.exceptions = boto3.client("s3").exceptions

    def put_object(self, **_arguments: Any) -> Any:
        raise self.error

    get_object = delete_objects = put_object


def refusing(code: str, status: int) -> Blobs:
    client: Any = Refusing(code, status)
    return Blobs(lambda: client, "files")


async def test_a_big_bodys_object_name_shows_no_user_or_thread(store: DynamoStore) -> None:
    thread = await new_thread(store)
    [item] = await say(store, thread, big_text())
    [stored] = [row for row in rows() if "object" in row]
    assert objects() == [stored["object"]["S"]]
    assert "alice" not in objects()[0]
    assert thread.id not in objects()[0]
    assert await store.load_item(thread.id, item.id, request_of("alice")) == item


async def test_the_object_is_put_before_the_row(store: DynamoStore, requests: list[str]) -> None:
    thread = await new_thread(store)
    requests.clear()
    await say(store, thread, big_text())
    assert requests == ["PutObject", "PutItem"]


async def test_an_object_that_a_request_has_fetched_is_not_fetched_again(
    store: DynamoStore, context: RequestContext, requests: list[str]
) -> None:
    thread = await new_thread(store)
    await say(store, thread, big_text())
    await texts(store, thread, context)
    requests.clear()
    assert await texts(store, thread, context, 2) == [big_text()]
    assert requests == []


async def test_saving_again_puts_a_new_object_and_deletes_the_old_one(
    store: DynamoStore, context: RequestContext
) -> None:
    thread = await new_thread(store)
    [item] = await say(store, thread, big_text())
    [old] = objects()
    await store.save_item(thread.id, item, context)
    [new] = objects()
    assert new != old
    assert await store.load_item(thread.id, item.id, request_of("alice")) == item


async def test_adding_the_same_big_item_again_leaves_one_object(store: DynamoStore) -> None:
    thread = await new_thread(store)
    [item] = await say(store, thread, big_text())
    await store.add_thread_item(thread.id, item, request_of("alice"))
    assert len(objects()) == 1
    assert await store.load_item(thread.id, item.id, request_of("alice")) == item


async def test_saving_a_big_turn_again_leaves_one_object(
    store: DynamoStore, transcript: Transcript, context: RequestContext
) -> None:
    thread = await new_thread(store)
    first, second = await say(store, thread, "one", "two")
    for text in (big_text(1), big_text(2)):
        await transcript.save(thread.id, first.id, [text], context)
    assert (await transcript.before(thread.id, second.id, 400_000, context)).turns == [big_text(2)]
    assert len(objects()) == 1


async def test_deleting_a_thread_deletes_its_big_turns_objects(
    store: DynamoStore, transcript: Transcript, context: RequestContext
) -> None:
    thread = await new_thread(store)
    for number, item in enumerate(await say(store, thread, "one", "two")):
        await transcript.save(thread.id, item.id, [big_text(number)], context)
    assert len(objects()) == 2
    await store.delete_thread(thread.id, context)
    assert objects() == []


async def test_only_the_newest_big_turn_beyond_the_budget_is_fetched(
    store: DynamoStore, transcript: Transcript, context: RequestContext, requests: list[str]
) -> None:
    thread = await new_thread(store)
    first, second, third = await say(store, thread, "one", "two", "three")
    await transcript.save(thread.id, first.id, [big_text()], context)
    await transcript.save(thread.id, second.id, [big_text()], context)
    earlier = await transcript.before(thread.id, third.id, 250_000, request_of("alice"))
    assert earlier.turns == []
    assert requests.count("GetObject") == 1


async def test_a_row_with_a_missing_object_is_unreadable_and_hides_no_other(
    store: DynamoStore, context: RequestContext, logged: list[dict[str, Any]]
) -> None:
    thread = await new_thread(store)
    [big, _] = await say(store, thread, big_text(), "small")
    boto3.client("s3").delete_object(Bucket="files", Key=objects()[0])
    assert await texts(store, thread, context) == ["small"]
    with pytest.raises(NotFoundError):
        await store.load_item(thread.id, big.id, request_of("alice"))
    assert {line["message"] for line in logged} == {"row_unreadable"}


async def test_an_item_saved_while_it_is_read_is_shown(
    store: DynamoStore, context: RequestContext
) -> None:
    thread = await new_thread(store)
    [item] = await say(store, thread, big_text())
    await texts(store, thread, context)
    # As if the request had read the row, but not its body yet.
    context.cache.blobs.clear()
    await store.save_item(
        thread.id, message(store, thread, "small now", id=item.id), request_of("alice")
    )
    assert await texts(store, thread, context) == ["small now"]


@pytest.mark.parametrize(("code", "status"), [("SlowDown", 503), ("InternalError", 500)])
async def test_a_failure_of_s3_raises_store_unavailable(aws: None, code: str, status: int) -> None:
    blobs = refusing(code, status)
    with pytest.raises(StoreUnavailable):
        await blobs.new_row("p", "item#1", "folder", big_text(), 1.0)
    with pytest.raises(StoreUnavailable):
        await blobs.json({"object": {"S": "name"}}, {})


async def test_a_forbidden_object_does_not_count_as_missing(aws: None) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        await refusing("AccessDenied", 403).json({"object": {"S": "name"}}, {})


@pytest.mark.parametrize(("code", "status"), [("SlowDown", 503), ("AccessDenied", 403)])
async def test_objects_that_cannot_be_deleted_are_logged_and_left(
    aws: None, logged: list[dict[str, Any]], code: str, status: int
) -> None:
    await refusing(code, status).discard([{"object": {"S": "secret name"}}])
    assert "bodies_left_behind" in [line["message"] for line in logged]
    assert "secret" not in str(logged)


async def test_rows_without_an_object_need_no_request(blobs: Blobs, requests: list[str]) -> None:
    requests.clear()
    await blobs.discard([None, {"body": {"S": "{}"}}])
    assert requests == []
