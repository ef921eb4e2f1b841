"""Dictation over HTTP: recordings that are transcribed, refused and counted."""

import json
from typing import Any

import pytest

from chat_api.conversation.server import ConversationServer
from chatcore.gate.admission import Requester
from chatcore.gate.limits import Limits
from tests.recordings import BEGINNINGS, as_sent, dictation, recording
from tests.unit.chat_api.dictation.conftest import Endpoint
from tests.unit.chat_api.over_http import Chat

MESSAGES_PER_MINUTE = 3


@pytest.fixture
def limits() -> Limits:
    return Limits(
        user_per_minute=MESSAGES_PER_MINUTE, tokens_per_day=1_000, user_requests_per_minute=9
    )


async def transcribe(chat: Chat, params: dict[str, str]) -> tuple[int, str]:
    """Return the status, and the text or the refusal's sentence."""
    response = await chat.send("input.transcribe", **params)
    answer = response.json()
    return response.status_code, answer["text" if response.status_code == 200 else "message"]


@pytest.mark.parametrize("media_type", BEGINNINGS)
async def test_recording_becomes_text(chat: Chat, media_type: str) -> None:
    sent = dictation("Buy milk", media_type=media_type)
    assert await transcribe(chat, sent) == (200, "Buy milk")


@pytest.mark.parametrize("mime_type", ["audio/webm;codecs=opus", "Audio/WebM ; codecs=opus"])
async def test_parameters_of_the_media_type_are_accepted(chat: Chat, mime_type: str) -> None:
    assert await transcribe(chat, as_sent(recording("Hi"), mime_type)) == (200, "Hi")


async def test_endpoint_gets_the_recording_with_its_type_and_the_model(
    chat: Chat, endpoint: Endpoint
) -> None:
    await transcribe(chat, as_sent(recording("Hi"), "audio/webm;codecs=opus"))
    [request] = endpoint.requests
    body = request.content
    assert b'name="model"\r\n\r\nhears\r\n' in body
    assert b'filename="recording.webm"\r\nContent-Type: audio/webm\r\n' in body
    assert recording("Hi") in body


async def test_nothing_of_a_dictation_is_stored(chat: Chat, requests: list[str]) -> None:
    await transcribe(chat, dictation())
    assert requests == []
    assert (await chat.send("threads.list")).json()["data"] == []
    assert chat.gate.row("alice").turns == []


@pytest.mark.parametrize(
    ("params", "status", "sentence"),
    [
        (as_sent(b""), 400, "The recording is empty."),
        ({"audio_base64": "???", "mime_type": "audio/webm"}, 400, "did not arrive whole"),
        ({"audio_base64": "AAA", "mime_type": "audio/webm"}, 400, "did not arrive whole"),
        ({"audio_base64": "Ä", "mime_type": "audio/webm"}, 400, "did not arrive whole"),
        (as_sent(recording(), "audio/aac"), 400, "Only recordings in these formats"),
        (as_sent(recording(), ""), 400, "Only recordings in these formats"),
        (as_sent(recording(), "audio/ogg"), 400, "not in the format that it names"),
        (as_sent(b"MZ" + b"\0" * 999), 400, "not in the format that it names"),
        (as_sent(BEGINNINGS["audio/webm"] + b"\0" * 999), 400, "No speech was heard"),
        (dictation("  \n "), 400, "No speech was heard"),
    ],
)
async def test_bad_recording_gets_a_sentence(
    chat: Chat, params: dict[str, str], status: int, sentence: str
) -> None:
    found, message = await transcribe(chat, params)
    assert (found, sentence in message) == (status, True), message


async def test_bad_recording_reaches_no_endpoint(chat: Chat, endpoint: Endpoint) -> None:
    await transcribe(chat, as_sent(b"MZ"))
    assert endpoint.requests == []


async def test_largest_recording_is_transcribed_and_a_larger_one_is_not(chat: Chat) -> None:
    # Its tokens are more than the day allows, so nothing may follow it in this test.
    too_large = dictation(size=4_400_001)
    status, sentence = await transcribe(chat, too_large)
    assert (status, sentence[:26]) == (413, "The recording is too long.")
    assert await transcribe(chat, dictation(size=4_400_000)) == (200, "Buy milk")


async def test_dictation_counts_as_a_message(chat: Chat) -> None:
    for _ in range(MESSAGES_PER_MINUTE):
        assert (await transcribe(chat, dictation()))[0] == 200
    refused = await chat.send("input.transcribe", **dictation())
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 60


async def test_tokens_count_for_the_day(chat: Chat, endpoint: Endpoint) -> None:
    await transcribe(chat, dictation(size=400_000))
    row = chat.gate.row("alice")
    # The scripted endpoint reports a token for 400 bytes, and two or three for the text.
    assert row.tokens_today(chat.gate._now()) == 1_001 + 3
    assert (await transcribe(chat, dictation()))[1].startswith("You have reached your limit")
    assert len(endpoint.requests) == 1


async def test_revoked_session_gets_401_for_any_recording(chat: Chat, endpoint: Endpoint) -> None:
    chat.headers("alice")
    chat.gate.revoke("alice", "s1")
    for params in (dictation(), as_sent(b"")):
        assert (await chat.send("input.transcribe", **params)).status_code == 401
    assert endpoint.requests == []


async def test_dictation_during_an_answer_is_transcribed(chat: Chat) -> None:
    chat.headers("alice")
    running = chat.gate.open_turn(Requester("alice", "s1"), "thr_1", "turn_other", seconds=60)
    assert await transcribe(chat, dictation()) == (200, "Buy milk")
    chat.gate.close_turn(running, tokens=0)


async def test_without_a_transcriber_dictation_is_refused_and_counts_as_a_request(
    chat: Chat, server: ConversationServer
) -> None:
    server.transcriber = None
    refusal = (400, "This assistant takes no dictation.")
    assert await transcribe(chat, dictation()) == refusal
    row = chat.gate.row("alice")
    assert row.requests(chat.gate._now()) == 1


async def test_no_recording_and_no_text_is_logged(chat: Chat, logged: list[dict[str, Any]]) -> None:
    for says in ("hunter2", "Fail with server_error"):
        await transcribe(chat, dictation(says))
    assert [line["message"] for line in logged] == [
        "turn_closed",
        "transcription_failed",
        "turn_closed",
    ]
    assert "hunter2" not in str(logged)
    assert dictation("hunter2")["audio_base64"][:60] not in str(logged)


def sent_as(params: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"type": "input.transcribe", "params": params} | more).encode()


async def test_large_dictation_keeps_its_other_parts(chat: Chat) -> None:
    body = sent_as(dictation(size=1_000_000), metadata={"half": "\ud83d"})
    response = await chat.post(body, **chat.headers("alice"))
    assert response.json() == {"text": "Buy milk"}


async def test_large_dictation_with_escaped_slashes_is_read(chat: Chat) -> None:
    body = sent_as(as_sent(recording("Hi", size=900_000) + b"\xff" * 900)).replace(b"/", rb"\/")
    response = await chat.post(body, **chat.headers("alice"))
    assert response.json() == {"text": "Hi"}
