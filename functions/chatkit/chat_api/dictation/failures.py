"""What a person reads when a recording is not transcribed."""

import re

import openai

from chat_api.dictation.recording import TOO_LONG
from chat_api.errors import CODES, NOT_TAKEN, SILENT, stream_error
from chat_api.errors import TOO_LONG as INPUT_TOO_LONG
from chatcore.errors import ApiError, InvalidRequest, TooLarge, Unavailable

NO_SPEECH = "No speech was heard in the recording."
UNREADABLE = "The recording could not be understood. Please record it again."
NO_ENDPOINT = "The assistant is not set up correctly: its endpoint cannot transcribe recordings."
NO_TEXT = "The recording could not be transcribed. Please try again."

# What an endpoint without transcription answers, unless it names a model that it does not have.
_NO_SUCH_ROUTE = (404, 405, 501)
# OpenAI: "audio duration 1600 seconds is longer than 1500 seconds which is the maximum".
_LONG = re.compile(r"longer than [\d.]+ seconds|too (long|large)|maximum (content )?(size|length)")
_SHORT = re.compile(r"audio_too_short|too short")


def failure(error: Exception) -> ApiError:
    """Return the refusal of a request whose recording was not transcribed.

    It is `Unavailable` if repeating the request may succeed.
    """
    if isinstance(error, TimeoutError):
        return Unavailable(SILENT.sentence)
    if isinstance(error, ApiError):
        # The secret with the endpoint's key cannot be read.
        return error
    if isinstance(error, openai.APIStatusError) and _is_route_missing(error):
        return InvalidRequest(NO_ENDPOINT)
    if not isinstance(error, openai.OpenAIError):
        # What the openai library raises for an answer that is no JSON.
        return Unavailable(NO_TEXT)
    known = stream_error(error)
    sentence = getattr(known, "message", NO_TEXT)
    if sentence in (NOT_TAKEN.sentence, INPUT_TOO_LONG.sentence):
        return _about_recording(error, too_long=sentence == INPUT_TOO_LONG.sentence)
    return (Unavailable if known.allow_retry else InvalidRequest)(sentence)


def _is_route_missing(error: openai.APIStatusError) -> bool:
    names_model = error.code in CODES or "model" in f"{error} {error.body}".lower()
    return error.status_code in _NO_SUCH_ROUTE and not (error.status_code == 404 and names_model)


def _about_recording(error: openai.OpenAIError, *, too_long: bool) -> ApiError:
    text = f"{error} {getattr(error, 'body', '')}".lower()
    if too_long or _LONG.search(text):
        return TooLarge(TOO_LONG)
    return InvalidRequest(NO_SPEECH if _SHORT.search(text) else UNREADABLE)
