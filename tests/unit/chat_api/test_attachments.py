"""Attachments over HTTP: created, uploaded, sent, given to the model, shown and deleted."""

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from agents.testing import assistant_message

from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.over_http import events as events_of
from tests.unit.chat_api.wire import thread_of, words

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
TEXT = b"Buy 3 onions\n"


async def create(
    chat: Chat, name: str, data: bytes, mime_type: str, user: str = "alice"
) -> dict[str, Any]:
    response = await chat.send(
        "attachments.create", user, name=name, size=len(data), mime_type=mime_type
    )
    assert response.status_code == 200, response.text
    created: dict[str, Any] = response.json()
    return created


def put(bucket: "S3Client", created: dict[str, Any], data: bytes) -> None:
    """Store the upload under the key that its address names, as S3 does for a PUT."""
    key = unquote(urlsplit(created["upload_descriptor"]["url"]).path).lstrip("/")
    bucket.put_object(Bucket="files", Key=key.removeprefix("files/"), Body=data)


async def attach(
    chat: Chat,
    bucket: "S3Client",
    name: str,
    data: bytes,
    mime_type: str,
) -> str:
    created = await create(chat, name, data, mime_type)
    put(bucket, created, data)
    attachment_id: str = created["id"]
    return attachment_id


def names_in(bucket: "S3Client") -> list[str]:
    listed = bucket.list_objects_v2(Bucket="files").get("Contents", [])
    return [each["Key"] for each in listed]


async def send(chat: Chat, *ids: str, text: str = "Look") -> list[dict[str, Any]]:
    response = await chat.send("threads.create", input=words(text, attachments=list(ids)))
    assert response.status_code == 200, response.text
    return events_of(response)


async def test_upload_address_binds_type_and_size_and_expires_in_minutes(chat: Chat) -> None:
    created = await create(chat, "a.png", PNG, "image/png")
    descriptor = created["upload_descriptor"]
    assert (descriptor["method"], descriptor["headers"]) == ("PUT", {"Content-Type": "image/png"})
    url = urlsplit(descriptor["url"])
    query = parse_qs(url.query)
    assert "/uploads/" in url.path
    assert query["X-Amz-Expires"] == ["300"]
    assert query["X-Amz-SignedHeaders"] == ["content-length;content-type;host"]
    assert "metadata" not in created


async def test_the_model_sees_an_image_a_pdf_and_a_text(
    chat: Chat, files_client: "S3Client"
) -> None:
    chat.model.extend([[assistant_message("Nice.")], [assistant_message("Again.")]])
    ids = [
        await attach(chat, files_client, "cat.png", PNG, "image/png"),
        await attach(chat, files_client, "bill.pdf", PDF, "application/pdf"),
        await attach(chat, files_client, "list.txt", TEXT, "text/plain"),
    ]
    thread = thread_of(await send(chat, *ids))
    for _ in range(2):
        sent = json.dumps(chat.last_call.input)
        assert base64.b64encode(PNG).decode() in sent
        assert f"data:application/pdf;base64,{base64.b64encode(PDF).decode()}" in sent
        assert "Buy 3 onions" in sent
        assert "list.txt" in sent
        await chat.say("And now?", thread)


async def test_image_has_a_fresh_preview_address_whenever_it_is_shown(
    chat: Chat, files_client: "S3Client"
) -> None:
    chat.model.extend([[assistant_message("Nice.")]])
    events = await send(chat, await attach(chat, files_client, "cat.png", PNG, "image/png"))
    streamed = next(
        event["item"]
        for event in events
        if event["type"] == "thread.item.done" and event["item"]["type"] == "user_message"
    )
    [shown, *_] = await chat.shown(thread_of(events))
    for item in (streamed, shown):
        [attachment] = item["attachments"]
        assert "X-Amz-Signature" in attachment["preview_url"]
        assert "/files/" in attachment["preview_url"]
        assert "metadata" not in attachment
        assert "upload_descriptor" not in attachment


async def test_bytes_and_addresses_are_not_stored_in_rows(
    chat: Chat, files_client: "S3Client", server: Any
) -> None:
    chat.model.extend([[assistant_message("Nice.")]])
    await send(chat, await attach(chat, files_client, "cat.png", PNG, "image/png"))
    rows = repr(server.store._table._client().scan(TableName="threads")["Items"])
    assert "cat.png" in rows
    assert base64.b64encode(PNG).decode() not in rows
    assert "X-Amz" not in rows


async def test_upload_after_sending_does_not_change_what_was_sent(
    chat: Chat, files_client: "S3Client"
) -> None:
    chat.model.extend([[assistant_message("Nice.")], [assistant_message("Still.")]])
    created = await create(chat, "list.txt", TEXT, "text/plain")
    put(files_client, created, TEXT)
    thread = thread_of(await send(chat, created["id"]))
    put(files_client, created, b"Buy 9 pigeon\n")
    await chat.say("And now?", thread)
    assert "Buy 3 onions" in json.dumps(chat.last_call.input)
    assert "pigeon" not in json.dumps(chat.last_call.input)


async def test_a_file_can_be_sent_again_in_its_thread_and_in_another(
    chat: Chat, files_client: "S3Client"
) -> None:
    chat.model.extend([[assistant_message("one")], [assistant_message("two")]])
    chat.model.extend([[assistant_message("three")]])
    file = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    thread = thread_of(await send(chat, file))
    again = words("Again", attachments=[file])
    response = await chat.send("threads.add_user_message", thread_id=thread, input=again)
    assert response.status_code == 200
    await send(chat, file)
    assert "onions" in json.dumps(chat.last_call.input)


@pytest.mark.parametrize(
    ("name", "size", "mime_type", "status", "words_of_it"),
    [
        ("a.exe", 10, "application/x-msdownload", 400, "does not accept this type"),
        ("a.svg", 10, "image/svg+xml", 400, "does not accept this type"),
        ("a.exe", 10, "image/png", 400, "does not accept this type"),
        ("a.png", 3_500_001, "image/png", 413, "3,500,000"),
        ("a.png", 0, "image/png", 400, "empty"),
        ("a.png", -1, "image/png", 400, "empty"),
        ("../a.png", 10, "image/png", 400, "slashes"),
        ("a\\b.png", 10, "image/png", 400, "slashes"),
        ("a\n.png", 10, "image/png", 400, "control characters"),
        ("gnp.\u202eexe.png", 10, "image/png", 400, "control characters"),
        ("x" * 197 + ".png", 10, "image/png", 400, "200"),
        ("", 10, "image/png", 400, "200"),
    ],
)
async def test_bad_file_is_refused_before_its_upload_and_leaves_nothing(
    chat: Chat,
    requests: list[str],
    name: str,
    size: int,
    mime_type: str,
    status: int,
    words_of_it: str,
) -> None:
    response = await chat.send("attachments.create", name=name, size=size, mime_type=mime_type)
    assert response.status_code == status
    assert words_of_it in response.json()["message"]
    assert requests == []


@pytest.mark.parametrize(
    ("data", "status"), [(None, 409), (TEXT[:-1], 409), (TEXT + b"!", 409), (b"\0" * 13, 400)]
)
async def test_upload_that_is_missing_or_other_than_announced_stores_no_message(
    chat: Chat, files_client: "S3Client", data: bytes | None, status: int
) -> None:
    created = await create(chat, "list.txt", TEXT, "text/plain")
    if data is not None:
        put(files_client, created, data)
    message = words("Look", attachments=[created["id"]])
    response = await chat.send("threads.create", input=message)
    assert response.status_code == status
    assert "list.txt" in response.json()["message"]
    assert (await chat.send("threads.list")).json()["data"] == []
    assert [each for each in names_in(files_client) if each.startswith("files/")] == []
    # The same draft can be sent once the upload is there.
    put(files_client, created, TEXT)
    chat.model.extend([[assistant_message("Nice.")]])
    await send(chat, created["id"])


@pytest.mark.parametrize("mime_type", ["image/png", "application/pdf"])
async def test_file_with_a_false_type_is_refused(
    chat: Chat, files_client: "S3Client", mime_type: str
) -> None:
    name = {"image/png": "a.png", "application/pdf": "a.pdf"}[mime_type]
    script = b"<html><script>alert(1)</script></html>"
    file = await attach(chat, files_client, name, script, mime_type)
    response = await chat.send("threads.create", input=words("Look", attachments=[file]))
    assert response.status_code == 400
    assert "is not what its type says" in response.json()["message"]


async def test_eleven_files_and_one_file_twice_are_refused(
    chat: Chat, files_client: "S3Client"
) -> None:
    file = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    for ids in ([f"atc_{each}" for each in range(11)], [file, file]):
        response = await chat.send("threads.create", input=words("Look", attachments=ids))
        assert response.status_code == 400
    assert (await chat.send("threads.list")).json()["data"] == []


async def test_another_users_attachment_can_be_neither_sent_nor_deleted(
    chat: Chat, files_client: "S3Client"
) -> None:
    file = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    message = words("Look", attachments=[file])
    assert (await chat.send("threads.create", "bob", input=message)).status_code == 404
    assert (await chat.send("attachments.delete", "bob", attachment_id=file)).status_code == 404
    chat.model.extend([[assistant_message("Nice.")]])
    await send(chat, file)


async def test_deleted_attachment_leaves_no_object_and_cannot_be_sent(
    chat: Chat, files_client: "S3Client"
) -> None:
    chat.model.extend([[assistant_message("Nice.")], [assistant_message("Gone.")]])
    file = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    thread = thread_of(await send(chat, file))
    assert len(names_in(files_client)) == 2
    assert (await chat.send("attachments.delete", attachment_id=file)).json() == {}
    assert names_in(files_client) == []
    assert (await chat.send("attachments.delete", attachment_id=file)).status_code == 404
    await chat.say("And now?", thread)
    assert "no longer stored" in json.dumps(chat.last_call.input, ensure_ascii=False)


async def test_deleted_thread_leaves_no_object(chat: Chat, files_client: "S3Client") -> None:
    chat.model.extend([[assistant_message("Nice.")]])
    thread = thread_of(
        await send(chat, await attach(chat, files_client, "list.txt", TEXT, "text/plain"))
    )
    await chat.send("threads.delete", thread_id=thread)
    assert names_in(files_client) == []
