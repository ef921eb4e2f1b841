"""Dictation through the gateway and the functions of the running stack."""

from chat_api.api.body_size import MAX_DICTATION_BODY_BYTES
from chat_api.dictation.recording import MAX_AUDIO_BYTES
from tests.recordings import dictation
from tests.system.e2e.service import Stack

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LAMBDA_REQUEST_BYTES = 6 * 1024 * 1024
# API Gateway takes 10,240 bytes of headers, and its event has each of them twice.
HEADER_BYTES = 2 * 10_240


def test_largest_dictation_fits_lambdas_limit() -> None:
    as_base64 = MAX_AUDIO_BYTES * 4 / 3
    assert as_base64 < MAX_DICTATION_BODY_BYTES < LAMBDA_REQUEST_BYTES - 4 * HEADER_BYTES


def test_largest_recording_is_transcribed_and_leaves_no_thread(stack: Stack) -> None:
    user = stack.user("dictating")
    answer = user.ask("input.transcribe", **dictation("Buy milk", size=MAX_AUDIO_BYTES))
    assert (answer.status_code, answer.json()) == (200, {"text": "Buy milk"})
    assert user.ask("threads.list").json()["data"] == []


def test_longer_recording_gets_a_sentence(stack: Stack) -> None:
    user = stack.user("dictating")
    answer = user.ask("input.transcribe", **dictation(size=MAX_AUDIO_BYTES + 50_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert answer.json()["message"] == "The recording is too long. Please dictate less at a time."
