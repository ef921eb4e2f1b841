"""Requests over HTTP that are refused before anything is written."""

import json
from typing import Any

import pytest
from agents.testing import assistant_message

from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.wire import thread_of, words


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("threads.get_by_id", {}),
        ("threads.update", {"title": "mine"}),
        ("threads.delete", {}),
        ("items.list", {}),
        ("threads.retry_after_item", {"item_id": "msg_x"}),
        ("threads.add_user_message", {"input": words("Hi")}),
    ],
)
async def test_foreign_or_unknown_thread_gets_404_and_is_unchanged(
    chat: Chat, operation: str, params: dict[str, Any]
) -> None:
    chat.model.extend([[assistant_message("one")]])
    thread = thread_of(await chat.say("secret"))
    foreign = await chat.send(operation, "bob", thread_id=thread, **params)
    unknown = await chat.send(operation, "alice", thread_id="thr_unknown", **params)
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.json()["code"] == "not_found"
    assert await chat.items(thread) == [("user_message", "secret"), ("assistant_message", "one")]


async def test_unknown_attachment_gets_404_and_creates_no_thread(chat: Chat) -> None:
    message = words("Look", attachments=["atc_x"])
    assert (await chat.send("threads.create", input=message)).status_code == 404
    assert (await chat.send("threads.list")).json()["data"] == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"type":"threads.nope"}', b'"text"']
)
async def test_invalid_chatkit_request_gets_400(chat: Chat, body: bytes) -> None:
    response = await chat.post(body, **chat.headers("alice"))
    assert response.status_code == 400
    assert response.json()["message"].startswith("Not a ChatKit request.")


async def test_refusal_of_an_invalid_request_does_not_repeat_it(chat: Chat) -> None:
    body = json.dumps({"type": "threads.get_by_id", "params": {"thread_id": ["hunter2"]}})
    response = await chat.post(body.encode(), **chat.headers("alice"))
    assert "thread_id" in response.json()["message"]
    assert "hunter2" not in response.text


async def test_body_over_one_megabyte_gets_413(chat: Chat) -> None:
    response = await chat.post(b" " * (1024 * 1024 + 1), **chat.headers("alice"))
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "message",
    [
        words(""),
        words("  \n"),
        words("\u200b\u2060\ufeff"),
        words("\u00a0\u3000\u00ad\u3164\u2800"),
        words("\x00\x1b"),
        words("\ufe0f"),
        words("Hi", content=[]),
        words("Hi", content=[{"type": "input_tag", "id": "1", "text": " ", "data": {}}]),
        words("Hi", inference_options={"model": "another"}),
        words("Hi", inference_options={"tool_choice": {"id": "add_task"}}),
    ],
)
async def test_unanswerable_message_gets_400_and_creates_no_thread(
    chat: Chat, message: dict[str, Any]
) -> None:
    assert (await chat.send("threads.create", input=message)).status_code == 400
    assert (await chat.send("threads.list")).json()["data"] == []


def parts(*texts: str) -> list[dict[str, str]]:
    return [{"type": "input_text", "text": text} for text in texts]


@pytest.mark.parametrize(
    "message",
    [
        words("x" * 200_001),
        words("", content=parts("x" * 100_000, "y" * 100_001)),
        words("x" * 100_000, quoted_text="y" * 100_001),
    ],
    ids=["one_text", "several_parts", "with_a_quotation"],
)
async def test_too_long_message_gets_413_and_creates_no_thread(
    chat: Chat, message: dict[str, Any]
) -> None:
    response = await chat.send("threads.create", input=message)
    assert response.status_code == 413
    assert response.json()["message"] == (
        "The message has 200,001 characters. The most is 200,000."
    )
    assert (await chat.send("threads.list")).json()["data"] == []


@pytest.mark.parametrize("text", ['abcd"' * 40_000, "\n" * 199_999 + "x", "\U0001f9fe" * 200_000])
async def test_message_length_is_measured_in_typed_characters(chat: Chat, text: str) -> None:
    chat.model.extend([[assistant_message("long")]])
    body = {"type": "threads.create", "params": {"input": words(text)}}
    sent = json.dumps(body, ensure_ascii=False).encode()
    response = await chat.post(sent, **chat.headers("alice"))
    assert response.status_code == 200


@pytest.mark.parametrize("title", ["", "  ", "x" * 201, "\u200b"])
async def test_title_out_of_bounds_gets_400(chat: Chat, title: str) -> None:
    response = await chat.send("threads.update", thread_id="thr_x", title=title)
    assert response.status_code == 400


@pytest.mark.parametrize("limit", [0, -1, 101])
async def test_page_limit_out_of_bounds_gets_400(chat: Chat, limit: int) -> None:
    # The SDK replaces 0 with its default.
    response = await chat.send("threads.list", limit=limit)
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("input.transcribe", {"audio_base64": "AAAA", "mime_type": "audio/webm"}),
        ("attachments.create", {"name": "a", "size": 1, "mime_type": "text/plain"}),
        ("threads.custom_action", {"thread_id": "t", "action": {"type": "x"}}),
        ("threads.sync_custom_action", {"thread_id": "t", "action": {"type": "x"}}),
    ],
)
async def test_unsupported_feature_is_refused_with_a_clear_message(
    chat: Chat, operation: str, params: dict[str, Any]
) -> None:
    response = await chat.send(operation, **params)
    assert response.status_code == 400
    assert response.json()["message"].startswith("This assistant")


LONG = "hunter2" * 10_000


async def test_no_refusal_repeats_the_request(
    chat: Chat, capsys: pytest.CaptureFixture[str]
) -> None:
    chat.model.extend([[assistant_message("one")]])
    thread = thread_of(await chat.say("Hi"))
    [message, *_] = [item["id"] for item in await chat.shown(thread)]
    at = {"thread_id": thread}
    press = {"type": LONG, "payload": {"task_id": "x"}}
    refused: list[tuple[str, dict[str, Any]]] = [
        (LONG, {}),
        ("threads.get_by_id", {"thread_id": LONG}),
        ("threads.list", {"after": LONG}),
        ("threads.update", at | {"title": LONG}),
        ("items.list", at | {"after": LONG}),
        ("items.list", at | {"order": LONG}),
        ("items.feedback", at | {"item_ids": [message], "kind": LONG}),
        ("items.feedback", at | {"item_ids": [LONG], "kind": "positive"}),
        ("threads.retry_after_item", at | {"item_id": LONG}),
        ("threads.custom_action", at | {"item_id": message, "action": press}),
        ("threads.sync_custom_action", at | {"item_id": message, "action": press}),
        ("threads.create", {"input": words("Hi", attachments=[LONG])}),
        ("threads.create", {"input": words("Hi", inference_options={"model": LONG})}),
        ("threads.create", {"input": words("Hi", inference_options={"tool_choice": {"id": LONG}})}),
        ("attachments.create", {"name": LONG, "size": 1, "mime_type": LONG}),
        ("input.transcribe", {"audio_base64": LONG, "mime_type": LONG}),
    ]
    capsys.readouterr()
    for operation, params in refused:
        response = await chat.send(operation, **params)
        assert response.status_code == 400, operation
        assert len(response.text) < 300, operation
        assert "hunter2" not in response.text, operation
    assert "hunter2" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("authorization", [None, "", "Bearer x", "Bearer a.b.c"])
async def test_request_without_a_client_secret_gets_401(
    chat: Chat, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    response = await chat.post(b"{}", **headers)
    assert response.status_code == 401
    assert response.json()["message"] == "Authentication required. Please log in."
