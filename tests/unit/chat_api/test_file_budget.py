"""How many bytes of attached files a request to the model may contain, and of which files."""

import base64
import json
from typing import TYPE_CHECKING

import pytest
from agents.testing import assistant_message

from chat_api.attachments.policy import EARLIER_FILES_BYTES, EARLIER_TEXT_BYTES, MAX_FILES_BYTES
from chat_api.conversation.server import ConversationServer
from chat_api.model.model_config import ModelConfig, ModelList
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_attachments import PDF, PNG, TEXT, attach, send
from tests.unit.chat_api.wire import thread_of, words

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LONG = b"x" * EARLIER_TEXT_BYTES


async def send_to(chat: Chat, thread: str, *ids: str) -> None:
    message = words("Look", attachments=list(ids))
    response = await chat.send("threads.add_user_message", thread_id=thread, input=message)
    assert response.status_code == 200, response.text


def sent_to(chat: Chat) -> str:
    return json.dumps(chat.last_call.input, ensure_ascii=False)


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


async def test_texts_of_all_earlier_messages_share_one_budget(
    chat: Chat, files_client: "S3Client"
) -> None:
    chat.model.extend([[assistant_message("Nice.")] for _ in range(3)])
    names = ("a.txt", "b.txt", "c.txt")
    ids = [await attach(chat, files_client, name, LONG, "text/plain") for name in names]
    thread = thread_of(await send(chat, *ids))
    assert sent_to(chat).count("x") >= 3 * EARLIER_TEXT_BYTES
    await send_to(chat, thread, ids[0])
    assert EARLIER_TEXT_BYTES < sent_to(chat).count("x") <= 2 * EARLIER_TEXT_BYTES + 100
    await chat.say("And now?", thread)
    assert EARLIER_TEXT_BYTES <= sent_to(chat).count("x") <= EARLIER_TEXT_BYTES + 100
    assert "“a.txt” here. It is left out now." in sent_to(chat)


async def test_text_that_does_not_fit_is_shortened(chat: Chat, files_client: "S3Client") -> None:
    chat.model.extend([[assistant_message("Nice.")] for _ in range(2)])
    half = EARLIER_TEXT_BYTES // 2
    ids = [
        await attach(chat, files_client, "a.txt", b"Start " + b"y" * 2 * half, "text/plain"),
        await attach(chat, files_client, "b.txt", b"x" * half, "text/plain"),
    ]
    # The newest file comes first.
    thread = thread_of(await send(chat, ids[0]))
    await send_to(chat, thread, ids[1])
    chat.model.extend([[assistant_message("Again.")]])
    await chat.say("And now?", thread)
    assert "Start yyy" in sent_to(chat)
    assert sent_to(chat).count("xxxx") == half // 4
    assert half - 300 < sent_to(chat).count("y") < half


async def test_images_and_pdfs_of_earlier_messages_have_a_smaller_bound(
    chat: Chat, files_client: "S3Client"
) -> None:
    chat.model.extend([[assistant_message("Nice.")] for _ in range(2)])
    size = EARLIER_FILES_BYTES // 2 + 1
    old, new = (PDF + letter * (size - len(PDF)) for letter in (b"o", b"n"))
    ids = [
        await attach(chat, files_client, "old.pdf", old, "application/pdf"),
        await attach(chat, files_client, "new.pdf", new, "application/pdf"),
    ]
    thread = thread_of(await send(chat, *ids))
    assert encoded(old) in sent_to(chat)
    assert encoded(new) in sent_to(chat)
    await chat.say("And now?", thread)
    assert encoded(old) not in sent_to(chat)
    assert encoded(new) in sent_to(chat)


async def test_file_that_would_exceed_the_bound_of_a_request_is_left_out(
    chat: Chat, files_client: "S3Client", monkeypatch: pytest.MonkeyPatch
) -> None:
    chat.model.extend([[assistant_message("Nice.")]])
    ids = [
        await attach(chat, files_client, "a.png", PNG, "image/png"),
        await attach(chat, files_client, "b.pdf", PDF, "application/pdf"),
    ]
    bound = len(PDF) + len(PNG) - 1
    assert bound < MAX_FILES_BYTES
    monkeypatch.setattr("chat_api.attachments.model_content.MAX_FILES_BYTES", bound)
    await send(chat, *ids)
    assert encoded(PDF) in sent_to(chat)
    assert encoded(PNG) not in sent_to(chat)
    assert "“a.png” here. It is left out now." in sent_to(chat)


async def test_files_that_the_model_cannot_read_are_named_and_not_loaded(
    chat: Chat, files_client: "S3Client", server: ConversationServer, requests: list[str]
) -> None:
    server.models = ModelList(unlisted=ModelConfig(name="plain", images=False, files=False))
    chat.model.extend([[assistant_message("Nice.")] for _ in range(2)])
    ids = [
        await attach(chat, files_client, "a.png", PNG, "image/png"),
        await attach(chat, files_client, "b.pdf", PDF, "application/pdf"),
    ]
    thread = thread_of(await send(chat, *ids))
    requests.clear()
    await chat.say("And now?", thread)
    assert "GetObject" not in requests
    assert "“a.png” (image/png). This model cannot read it." in sent_to(chat)
    assert "“b.pdf” (application/pdf). This model cannot read it." in sent_to(chat)
    text = await attach(chat, files_client, "list.txt", TEXT, "text/plain")
    chat.model.extend([[assistant_message("Nice.")]])
    await send_to(chat, thread, text)
    assert "onions" in sent_to(chat)
