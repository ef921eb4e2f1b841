"""Turns a recording into text, with the transcription of a model's endpoint."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING

import openai

from chat_api.dictation.endpoint import transcription_config
from chat_api.dictation.failures import NO_SPEECH, NO_TEXT, failure
from chat_api.dictation.recording import format_of
from chat_api.model.budget import BYTES_PER_TOKEN
from chat_api.model.failed_request import log_keys
from chat_api.model.metering import NOT_SENT
from chat_api.model.texts import well_formed
from chatcore.errors import ApiError, InvalidRequest, Unavailable
from chatcore.logs import logger

if TYPE_CHECKING:
    from chatkit.types import AudioInput
    from openai import AsyncOpenAI

    from chat_api.model.model_config import ModelConfig, ModelList
    from chat_api.model.token_usage import RequestTokens, Tokens

# Endpoints take a few seconds for a minute of speech.
SECONDS = 60.0
# What a second of speech counts for if the endpoint reports seconds, or nothing. Models that hear
# count a token for each 100 ms: https://platform.openai.com/docs/guides/realtime-costs
TOKENS_PER_SECOND = 10
# The size of a second, if only the size is known: what our page records, 32 kbit/s.
BYTES_PER_SECOND = 4_000


class Transcriber:
    """Sends recordings to one model, each once, and returns what was said."""

    def __init__(
        self,
        config: ModelConfig,
        client_of: Callable[[ModelConfig], AsyncOpenAI],
        *,
        seconds: float = SECONDS,
    ) -> None:
        """`seconds` bounds the wait for an answer."""
        self._config = config
        self._client_of = client_of
        self._seconds = seconds

    async def transcribe(self, audio: AudioInput, tokens: Tokens) -> str:
        """Return the text of a recording, whose tokens are added to `tokens`.

        The recording is one that `read_recording` returned. Raise `InvalidRequest` or `TooLarge` if
        it has no text, and `Unavailable` if repeating the request may succeed.
        """
        size = len(audio.data) * TOKENS_PER_SECOND * BYTES_PER_TOKEN // BYTES_PER_SECOND
        usage = tokens.send(size)
        try:
            async with asyncio.timeout(self._seconds):
                text = await self._send(audio, usage)
        except (openai.OpenAIError, ApiError, TimeoutError, ValueError) as error:
            if isinstance(error.__cause__, NOT_SENT):
                usage.withdraw()
            logger.error(
                "transcription_failed", model=self._config.name, **log_keys(error, response=None)
            )
            raise failure(error) from error
        if not text:
            raise InvalidRequest(NO_SPEECH)
        return text

    async def _send(self, audio: AudioInput, usage: RequestTokens) -> str:
        known = format_of(audio)
        assert known is not None
        # The openai library imports its audio types when `audio` is first used, not at cold start.
        answer = await self._client_of(self._config).audio.transcriptions.create(
            file=(f"recording.{known.extension}", audio.data, known.media_type),
            model=self._config.wire_name,
            response_format="json",
        )
        # The library checks no answer: an endpoint may send HTML, or JSON of another shape.
        text = getattr(answer, "text", None)
        if not isinstance(text, str):
            raise Unavailable(NO_TEXT)
        text = well_formed(text).strip()
        usage.receive(text)
        usage.report(_in_tokens(getattr(answer, "usage", None)))
        return text


def create_transcriber(
    models: ModelList, name: str | None, client_of: Callable[[ModelConfig], AsyncOpenAI]
) -> Transcriber | None:
    """Return the transcriber with this model, or None without a model or an endpoint for it."""
    config = transcription_config(models, name)
    return Transcriber(config, client_of) if config else None


def _in_tokens(usage: object) -> object:
    """Return the usage that an endpoint reports in seconds as tokens. Any other stays as it is."""
    seconds = getattr(usage, "seconds", None)
    if not isinstance(seconds, int | float) or not math.isfinite(seconds):
        return usage
    return SimpleNamespace(input_tokens=math.ceil(seconds * TOKENS_PER_SECOND))
