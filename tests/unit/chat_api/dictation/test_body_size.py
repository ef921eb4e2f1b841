"""Only a dictation may be larger than the other requests."""

import json
from typing import Any

import pytest
from chatkit.types import InputTranscribeReq

from chat_api.api.body_size import MAX_BODY_BYTES, read_request
from chatcore.errors import InvalidRequest, TooLarge
from tests.unit.chat_api.wire import words

LARGE = "A" * 3_000_000


def body(operation: str, params: Any, **more: Any) -> bytes:
    return json.dumps({"type": operation, "params": params} | more).encode()


@pytest.mark.parametrize("size", [8, 3_000_000])
def test_recording_of_any_size_is_read_unchanged(size: int) -> None:
    audio = "A+/=" * (size // 4)
    params = {"mime_type": "audio/webm", "audio_base64": audio}
    request = read_request(body("input.transcribe", params, metadata={"a": 1}))
    assert isinstance(request, InputTranscribeReq)
    assert request.params.model_dump() == params
    assert request.metadata == {"a": 1}


@pytest.mark.parametrize(
    "large",
    [
        b" " * (MAX_BODY_BYTES + 1),
        b"[" * (MAX_BODY_BYTES + 1),
        body("threads.create", {"input": words(LARGE)}),
        body("threads.create", {"input": words('"audio_base64": "' + LARGE)}),
        body("threads.create", {"input": words("Hi")}, metadata={"audio_base64": LARGE}),
        body("input.transcribe", {"audio_base64": "AAAA", "mime_type": LARGE}),
        # The first member of that name is not the recording.
        json.dumps(
            {
                "metadata": {"audio_base64": LARGE},
                "type": "input.transcribe",
                "params": {"audio_base64": "AAAA", "mime_type": "audio/webm"},
            }
        ).encode(),
        body("input.transcribe", {"audio_base64": LARGE, "mime_type": LARGE}),
        b'{"type": "input.transcribe", "params": {"audio_base64": "' + LARGE.encode(),
        b'{"audio_base64":"' * 100_000,
    ],
    ids=range(10),
)
def test_large_body_that_is_no_dictation_is_refused(large: bytes) -> None:
    with pytest.raises((TooLarge, InvalidRequest)) as refused:
        read_request(large)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("rest", [b"", b"}", b', "mime_type": 7}}', b'"}}'])
def test_large_dictation_that_is_no_request_is_refused(rest: bytes) -> None:
    begin = b'{"type": "input.transcribe", "params": {"audio_base64": "'
    with pytest.raises(InvalidRequest, match="Not a ChatKit request"):
        read_request(begin + LARGE.encode() + b'"' + rest)
