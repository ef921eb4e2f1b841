"""The transcription of recordings, as OpenAI's own client sees it."""

from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from local_stack.model.transcriptions_api import DEFAULT_TEXT
from tests.recordings import BEGINNINGS, recording
from tests.unit.local_stack.model.test_app import KEY, ask

PATH = "/v1/audio/transcriptions"
ENDINGS = {
    "audio/webm": "webm",
    "audio/ogg": "ogg",
    "audio/mp4": "mp4",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
}


async def heard(
    client: AsyncOpenAI,
    data: bytes,
    name: str = "a.webm",
    kind: str = "audio/webm",
    **more: Any,
) -> str:
    answer = await client.audio.transcriptions.create(
        file=(name, data, kind), **({"model": "any"} | more)
    )
    return answer.text


@pytest.mark.parametrize("kind", BEGINNINGS)
async def test_a_recording_says_what_its_bytes_say(client: AsyncOpenAI, kind: str) -> None:
    data = recording("Buy milk", media_type=kind)
    assert await heard(client, data, f"a.{ENDINGS[kind]}", kind) == "Buy milk"


async def test_a_recording_of_a_microphone_has_a_text(client: AsyncOpenAI) -> None:
    assert await heard(client, BEGINNINGS["audio/webm"] + b"\x12" * 500) == DEFAULT_TEXT


async def test_a_silent_recording_has_none(client: AsyncOpenAI) -> None:
    assert await heard(client, BEGINNINGS["audio/webm"] + b"\0" * 500) == ""


async def test_tokens_are_reported(client: AsyncOpenAI) -> None:
    file = ("a.webm", recording("Hi", size=4_000), "audio/webm")
    answer = await client.audio.transcriptions.create(file=file, model="any")
    assert answer.usage
    assert answer.usage.type == "tokens"
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (11, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "a.txt"},
        {"name": "a"},
        {"name": "a.ogg"},
        {"kind": "audio/ogg"},
        {"data": b"MZ"},
        {"data": b""},
        {"model": ""},
        {"response_format": "text"},
        {"extra_body": {"surprise": 1}},
    ],
)
async def test_a_wrong_request_is_refused(client: AsyncOpenAI, change: dict[str, Any]) -> None:
    with pytest.raises(openai.BadRequestError):
        await heard(client, **({"data": recording("Hi")} | change))


@pytest.mark.parametrize("headers", [{}, {"content-type": "application/json"}])
async def test_a_request_that_is_no_form_is_refused(headers: dict[str, str]) -> None:
    assert (await ask(PATH, headers=KEY | headers, raw=b"{}")).status_code == 400


async def test_a_recording_can_ask_for_a_refusal(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.RateLimitError):
        await heard(client, recording("Fail with rate_limit_exceeded"))
