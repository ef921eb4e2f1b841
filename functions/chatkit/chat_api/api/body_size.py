"""How large a request may be. Only a dictation may be larger than the others.

The body names its operation, so all bodies are read up to the larger bound. Parsing that much JSON
could take seconds and hundreds of megabytes, so the recording is cut out of it before.
"""

import re

from chatkit.types import ChatKitReq, InputTranscribeReq

from chat_api.api.requests import read_operation
from chatcore.errors import TooLarge

MAX_BODY_BYTES = 1024 * 1024
# Of a dictation: a recording of 4.4 MB in base64, and some more, so that a recording that is a
# little too long gets the sentence for that.
MAX_DICTATION_BODY_BYTES = 6_000_000
# Where the recording begins. Within a text of a message, the quotation marks would be escaped.
_AUDIO = re.compile(rb'"audio_base64"\s*:\s*"')


def read_request(body: bytes) -> ChatKitReq:
    """Return the parsed request, as `read_operation` does.

    Raise `TooLarge` for a body above `MAX_BODY_BYTES` that is not a dictation.
    """
    if len(body) <= MAX_BODY_BYTES:
        return read_operation(body)
    begin, end = _recording(body)
    rest = body[:begin] + body[end:]
    if len(rest) > MAX_BODY_BYTES:
        raise _too_large()
    request = read_operation(rest)
    if not isinstance(request, InputTranscribeReq) or request.params.audio_base64:
        raise _too_large()
    # Some encoders escape the slash. Any other escape makes the base64 invalid.
    audio = body[begin:end].replace(rb"\/", b"/").decode("ascii", "replace")
    params = request.params.model_copy(update={"audio_base64": audio})
    return request.model_copy(update={"params": params})


def _recording(body: bytes) -> tuple[int, int]:
    """Return where the recording begins and ends. It is empty if there is none."""
    found = _AUDIO.search(body)
    if not found:
        return 0, 0
    return found.end(), max(found.end(), body.find(b'"', found.end()))


def _too_large() -> TooLarge:
    return TooLarge(f"The request is larger than {MAX_BODY_BYTES:,} bytes.")
