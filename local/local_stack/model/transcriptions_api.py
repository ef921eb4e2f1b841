"""`POST /v1/audio/transcriptions`: the text of a recording.

Nothing is recognized. A test writes the text into the bytes of its recording, anywhere after a
valid beginning, as `say(Buy milk)`. Any other recording says `DEFAULT_TEXT`, and only zeros after
the first `HEADER_BYTES` are silence.
`say(Fail with rate_limit_exceeded)` gets the same error as a message with these words.

The request as in https://platform.openai.com/docs/api-reference/audio/createTranscription.
"""

import re

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_stack.model.errors import ApiError
from local_stack.model.faults import refuse_if_wished
from local_stack.model.model import Model
from local_stack.model.wire import refuse

DEFAULT_TEXT = "Add a task to buy milk"
HEADER_BYTES = 100
MAX_FILE_BYTES = 25 * 1024 * 1024
# By the ending of the file's name, from which OpenAI takes the format.
TYPES = {
    "flac": {"audio/flac"},
    "m4a": {"audio/mp4", "audio/x-m4a"},
    "mp3": {"audio/mpeg"},
    "mp4": {"audio/mp4", "video/mp4"},
    "mpeg": {"audio/mpeg"},
    "mpga": {"audio/mpeg"},
    "ogg": {"audio/ogg"},
    "wav": {"audio/wav"},
    "webm": {"audio/webm", "video/webm"},
}
BEGINNINGS = {
    "audio/flac": rb"fLaC",
    "audio/mp4": rb".{4}ftyp",
    "audio/x-m4a": rb".{4}ftyp",
    "video/mp4": rb".{4}ftyp",
    "audio/mpeg": rb"ID3|\xff[\xe2-\xfb]",
    "audio/ogg": rb"OggS",
    "audio/wav": rb"RIFF.{4}WAVE",
    "audio/webm": rb"\x1a\x45\xdf\xa3",
    "video/webm": rb"\x1a\x45\xdf\xa3",
}
_FIELDS = {"file", "model", "language", "prompt", "response_format", "temperature"}
_SAID = re.compile(rb"say\(([^)]*)\)")


async def create_transcription(http: Request, _model: Model) -> Response:
    kind = http.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        raise ApiError("Invalid request: must be multipart/form-data.", code="invalid_value")
    async with http.form() as form:
        refuse(list(_violations(form)))
        file = form["file"]
        assert isinstance(file, UploadFile)
        data = await file.read()
    _check_audio(data, file.content_type or "")
    text = _said(data)
    refuse_if_wished(text)
    return JSONResponse({"text": text, "usage": _usage(data, text)})


def _violations(form: FormData) -> list[str]:
    """Return what an endpoint refuses in the fields, except for the recording itself."""
    faults = [f"unknown parameter '{name}'" for name in form if name not in _FIELDS]
    faults += [f"'{name}' is given twice" for name in form if len(form.getlist(name)) > 1]
    if not isinstance(form.get("model"), str) or not form["model"]:
        faults.append("'model' is missing")
    if form.get("response_format", "json") != "json":
        faults.append("'response_format' must be json")
    file = form.get("file")
    if not isinstance(file, UploadFile):
        return [*faults, "'file' is missing"]
    ending = (file.filename or "").rpartition(".")[2]
    if ending not in TYPES:
        return [*faults, f"'file' must be one of {', '.join(TYPES)}"]
    if file.content_type not in TYPES[ending]:
        faults.append(f"'file' has another type than {ending}")
    return faults


def _check_audio(data: bytes, media_type: str) -> None:
    """Raise ApiError for a recording that is too large or not of its type, as OpenAI does."""
    if len(data) > MAX_FILE_BYTES:
        raise ApiError(f"Maximum content size limit ({MAX_FILE_BYTES}) exceeded.", status=413)
    if not re.match(BEGINNINGS[media_type], data, re.DOTALL):
        message = "Audio file might be corrupted or unsupported"
        raise ApiError(message, param="file", code="invalid_value")


def _said(data: bytes) -> str:
    if found := _SAID.search(data):
        return found[1].decode(errors="replace")
    return DEFAULT_TEXT if data[HEADER_BYTES:].strip(b"\0") else ""


def _usage(data: bytes, text: str) -> dict[str, object]:
    """Return the tokens: those of speech at 32 kbit/s, ten in a second, and those of the text."""
    heard, written = len(data) // 400 + 1, len(text) // 4 + 1
    return {
        "type": "tokens",
        "input_tokens": heard,
        "input_token_details": {"audio_tokens": heard, "text_tokens": 0},
        "output_tokens": written,
        "total_tokens": heard + written,
    }
