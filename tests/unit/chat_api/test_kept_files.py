"""Which threads have copies of an attachment, and what a refused or canceled message leaves."""

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from agents.testing import assistant_message
from chatkit.store import NotFoundError
from chatkit.types import LockedStatus

from chat_api.attachments.attachments import Attachments
from chat_api.conversation.server import ConversationServer
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from tests.unit.chat_api.conftest import Clock
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.store.conversation import request_of, rows
from tests.unit.chat_api.store.interrupted import Requests
from tests.unit.chat_api.test_attachments import (
    TEXT,
    attach,
    create,
    names_in,
    put,
    send,
)
from tests.unit.chat_api.wire import thread_of, words

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DAY = 86_400


@pytest.fixture
def requests() -> Requests:
    return Requests()


@pytest.fixture
def attachments(server: ConversationServer) -> Attachments:
    return server.attachments


def copies_in(bucket: "S3Client") -> list[str]:
    return [each for each in names_in(bucket) if each.startswith("files/")]


def kinds() -> list[str]:
    """Return the kinds of the rows that are about files."""
    found = [row["sk"]["S"].partition("#")[0] for row in rows()]
    return sorted(each for each in found if each in ("attachment", "file", "upload"))


async def threads_of(store: DynamoStore, file: str) -> list[str]:
    stored = await store.load_attachment(file, request_of("alice"))
    threads: list[str] = (stored.metadata or {}).get("threads", [])
    return threads


async def test_locked_thread_keeps_no_file_of_a_message_that_it_refuses(
    chat: Chat, files_client: "S3Client", store: DynamoStore, context: RequestContext
) -> None:
    chat.model.extend([[assistant_message("Hi.")]])
    thread = thread_of(await chat.say("Hi"))
    stored = await store.load_thread(thread, context)
    await store.save_thread(stored.model_copy(update={"status": LockedStatus()}), context)
    file = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    message = words("Look", attachments=[file])
    response = await chat.send("threads.add_user_message", thread_id=thread, input=message)
    assert [event["type"] for event in chat.events(response)] == ["notice"]
    assert copies_in(files_client) == []
    assert kinds() == ["attachment"]


async def test_file_that_two_threads_are_sent_at_once_is_deleted_from_both(
    chat: Chat, files_client: "S3Client", attachments: Attachments, store: DynamoStore
) -> None:
    file = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    contexts = {each: request_of("alice") for each in ("thr_1", "thr_2")}
    await asyncio.gather(*(attachments.keep([file], each, contexts[each]) for each in contexts))
    for context in contexts.values():
        # As the SDK does.
        await store.save_attachment(await store.load_attachment(file, context), context)
    assert await threads_of(store, file) == ["thr_1", "thr_2"]
    assert len(copies_in(files_client)) == 2
    await attachments.delete(file, request_of("alice"))
    assert names_in(files_client) == []


async def test_attachment_that_is_deleted_while_it_is_sent_stays_deleted(
    chat: Chat, files_client: "S3Client", attachments: Attachments, store: DynamoStore
) -> None:
    file = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    context = request_of("alice")
    await attachments.keep([file], "thr_1", context)
    await attachments.delete(file, request_of("alice"))
    await store.save_attachment(await store.load_attachment(file, context), context)
    with pytest.raises(NotFoundError):
        await store.load_attachment(file, request_of("alice"))
    assert names_in(files_client) == []


async def test_attachment_that_is_deleted_before_its_copy_is_written_is_not_found(
    chat: Chat,
    files_client: "S3Client",
    attachments: Attachments,
    requests: Requests,
) -> None:
    file = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    requests.complete_before("UpdateItem", lambda: attachments.delete(file, request_of("alice")))
    with pytest.raises(NotFoundError):
        await attachments.keep([file], "thr_1", request_of("alice"))
    assert names_in(files_client) == []
    assert kinds() == []


async def test_deletion_finds_the_copy_of_a_message_that_was_never_stored(
    chat: Chat, files_client: "S3Client", attachments: Attachments
) -> None:
    file = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    await attachments.keep([file], "thr_1", request_of("alice"))
    await attachments.delete(file, request_of("alice"))
    assert names_in(files_client) == []


async def test_deletion_finds_a_copy_that_was_written_since_it_began(
    chat: Chat, files_client: "S3Client", attachments: Attachments, requests: Requests
) -> None:
    file = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    requests.complete_before(
        "DeleteObjects", lambda: attachments.keep([file], "thr_1", request_of("alice"))
    )
    await attachments.delete(file, request_of("alice"))
    assert names_in(files_client) == []


async def test_failed_copy_leaves_nothing_and_the_file_can_be_sent_again(
    chat: Chat,
    files_client: "S3Client",
    attachments: Attachments,
    store: DynamoStore,
    requests: Requests,
) -> None:
    ids = [
        await attach(chat, files_client, name, TEXT, "text/plain") for name in ("a.txt", "b.txt")
    ]

    def fail() -> None:
        raise ValueError("broken")

    requests.before("PutObject", fail)
    with pytest.raises(ValueError, match="broken"):
        await attachments.keep(ids, "thr_1", request_of("alice"))
    assert copies_in(files_client) == []
    assert kinds() == ["attachment", "attachment"]
    assert await threads_of(store, ids[0]) == []
    await attachments.keep(ids, "thr_1", request_of("alice"))
    assert len(copies_in(files_client)) == 2


async def test_canceled_copy_leaves_no_object(
    chat: Chat,
    files_client: "S3Client",
    attachments: Attachments,
    requests: Requests,
) -> None:
    file = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    loop = asyncio.get_running_loop()
    keeping = asyncio.ensure_future(attachments.keep([file], "thr_1", request_of("alice")))
    overtaken: list[bool] = []

    async def canceled() -> bool:
        keeping.cancel()
        for _ in range(100):
            await asyncio.sleep(0)
        return keeping.done()

    def cancel() -> None:
        # The object must not be written after the copy was undone.
        overtaken.append(asyncio.run_coroutine_threadsafe(canceled(), loop).result())

    requests.before("PutObject", cancel)
    with pytest.raises(asyncio.CancelledError):
        await keeping
    assert overtaken == [False]
    assert copies_in(files_client) == []
    assert kinds() == ["attachment"]


async def test_missing_copy_is_made_again_when_its_thread_is_sent_the_file(
    chat: Chat, files_client: "S3Client", attachments: Attachments, store: DynamoStore
) -> None:
    file = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    # A process died between the row and the copy.
    await store.add_thread(file, "thr_1", request_of("alice"))
    await attachments.keep([file], "thr_1", request_of("alice"))
    assert len(copies_in(files_client)) == 1


async def test_file_that_no_message_names_is_forgotten_after_a_day(
    chat: Chat, files_client: "S3Client", store: DynamoStore, clock: Clock
) -> None:
    chat.model.extend([[assistant_message("Nice.")]])
    sent = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    unsent = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    await send(chat, sent)
    clock.now += DAY
    assert (await store.load_attachment(sent, request_of("alice"))).id == sent
    with pytest.raises(NotFoundError):
        await store.load_attachment(unsent, request_of("alice"))


async def test_file_name_goes_with_the_last_thread_that_has_the_file(
    chat: Chat, files_client: "S3Client"
) -> None:
    chat.model.extend([[assistant_message("one")], [assistant_message("two")]])
    file = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    threads = [thread_of(await send(chat, file)) for _ in range(2)]
    await chat.send("threads.delete", thread_id=threads[0])
    assert "list.txt" in json.dumps(rows(), default=repr)
    await chat.send("threads.delete", thread_id=threads[1])
    assert "list.txt" not in json.dumps(rows(), default=repr)
    assert names_in(files_client) == []
    assert (await chat.send("attachments.delete", attachment_id=file)).status_code == 404


async def test_text_that_is_not_utf_8_is_refused_with_a_sentence_about_it(
    chat: Chat, files_client: "S3Client"
) -> None:
    data = "Käse\n".encode("latin-1")
    created = await create(chat, "list.txt", data, "text/plain")
    put(files_client, created, data)
    message = words("Look", attachments=[created["id"]])
    response = await chat.send("threads.create", input=message)
    assert response.status_code == 400
    assert "Texts must be UTF-8" in response.json()["message"]
