"""Each failure of the endpoint is explained to the person."""

import asyncio

import httpx2
import pytest
from chatkit.types import AudioInput

from chat_api.dictation.transcriber import Transcriber
from chat_api.model.endpoints import create_client
from chat_api.model.model_config import ModelConfig
from chat_api.model.token_usage import Tokens
from chatcore.errors import Unavailable
from tests.recordings import dictation, recording
from tests.unit.chat_api.dictation.conftest import Endpoint
from tests.unit.chat_api.over_http import Chat

LONG = "audio duration 1600 seconds is longer than 1500 seconds which is the maximum"


def refusal(status: int, message: str = "hunter2", code: str | None = None) -> httpx2.Response:
    error = {"message": message, "type": "x", "param": None, "code": code}
    return httpx2.Response(status, json={"error": error})


@pytest.mark.parametrize(
    ("response", "status", "sentence"),
    [
        (refusal(404), 400, "cannot transcribe recordings"),
        (httpx2.Response(404, text="404 page not found"), 400, "cannot transcribe recordings"),
        (httpx2.Response(405, json={"detail": "Method Not Allowed"}), 400, "cannot transcribe"),
        (refusal(501), 400, "cannot transcribe recordings"),
        (refusal(404, "The model `x` does not exist"), 400, "its model was not found"),
        (refusal(404, code="model_not_found"), 400, "its model was not found"),
        (refusal(401, code="invalid_api_key"), 400, "its key was refused"),
        (refusal(429, code="insufficient_quota"), 400, "used up its quota"),
        (refusal(429), 503, "is busy right now"),
        (refusal(500), 503, "cannot be reached"),
        (refusal(413), 413, "The recording is too long."),
        (refusal(400, LONG), 413, "The recording is too long."),
        (refusal(400, "Audio file is too short."), 400, "No speech was heard"),
        (refusal(400, "Audio file might be corrupted"), 400, "could not be understood"),
        (httpx2.Response(200, text="<html>"), 503, "could not be transcribed"),
        (httpx2.Response(200, json=[]), 503, "could not be transcribed"),
        (httpx2.Response(200, json={"text": None}), 503, "could not be transcribed"),
        (
            httpx2.Response(200, content=b"{", headers={"content-type": "application/json"}),
            503,
            "could not be transcribed",
        ),
        (httpx2.Response(200, json={"text": ""}), 400, "No speech was heard"),
    ],
)
async def test_failure_is_explained(
    chat: Chat, endpoint: Endpoint, response: httpx2.Response, status: int, sentence: str
) -> None:
    endpoint.respond = lambda _request: response
    answer = await chat.send("input.transcribe", **dictation())
    assert (answer.status_code, sentence in answer.json()["message"]) == (status, True), answer.text
    assert "hunter2" not in answer.text
    assert len(endpoint.requests) == 1
    assert chat.gate.row("alice").turns == []


async def test_unreachable_endpoint_costs_no_tokens(
    endpoint: Endpoint, transcriber: Transcriber
) -> None:
    def refuse(_request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused")

    endpoint.respond = refuse
    tokens = Tokens()
    with pytest.raises(Unavailable, match="cannot be reached"):
        await transcriber.transcribe(audio(), tokens)
    assert tokens.used == 0


class Silent(httpx2.AsyncBaseTransport):
    async def handle_async_request(self, _request: httpx2.Request) -> httpx2.Response:
        await asyncio.Event().wait()
        raise AssertionError


async def test_silent_endpoint_is_not_awaited_for_ever() -> None:
    client = create_client("http://model/v1", "key", Silent())
    transcriber = Transcriber(ModelConfig(name="m"), lambda _config: client, seconds=0)
    with pytest.raises(Unavailable, match="did not answer in time"):
        await transcriber.transcribe(audio(), Tokens())


@pytest.mark.parametrize(
    ("usage", "used"),
    [
        ({"type": "duration", "seconds": 12.4}, 124 + 1),
        ({"type": "tokens", "input_tokens": 70, "output_tokens": 5, "total_tokens": 75}, 75),
        # Nothing is known but the size: 20,000 bytes at 32 kbit/s are five seconds.
        (None, 50 + 1),
        ({"type": "duration", "seconds": "many"}, 50 + 1),
        ({"seconds": -3}, 50 + 1),
    ],
)
async def test_seconds_and_tokens_are_counted(
    endpoint: Endpoint, transcriber: Transcriber, usage: object, used: int
) -> None:
    endpoint.respond = lambda _request: httpx2.Response(200, json={"text": "Hi", "usage": usage})
    tokens = Tokens()
    await transcriber.transcribe(audio(size=20_000), tokens)
    assert tokens.used == used


def audio(size: int = 2_000) -> AudioInput:
    return AudioInput(data=recording("Hi", size=size), mime_type="audio/webm")
