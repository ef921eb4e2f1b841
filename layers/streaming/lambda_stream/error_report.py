"""An error in the format of the Runtime API."""

import base64
import json
import traceback
from dataclasses import dataclass
from typing import Self

ERROR_TYPE = "Lambda-Runtime-Function-Error-Type"
ERROR_BODY = "Lambda-Runtime-Function-Error-Body"

# The Runtime API is a Go server, and net/http refuses trailers larger than its 4096-byte buffer
# ("suspiciously long trailer after chunked body"). 2700 bytes are 3600 in base64.
LARGEST_TRAILER_JSON = 2700


@dataclass(frozen=True)
class ErrorReport:
    """An error's type, message and stack, oldest frame first."""

    type: str
    message: str
    stack_trace: tuple[str, ...] = ()

    @classmethod
    def of(cls, error: BaseException) -> Self:
        frames = tuple(traceback.format_tb(error.__traceback__))
        return cls(type(error).__name__, _message(error), frames)

    def as_json(self) -> bytes:
        return _as_json(self.type, self.message, self.stack_trace)

    def header(self) -> dict[str, str]:
        """Return the error type as a header. It is also the first trailer."""
        return {ERROR_TYPE: self.type[:128].encode("ascii", "replace").decode()}

    def trailers(self) -> dict[str, str]:
        """Return both trailers of a streamed response, cut to what the Runtime API can read."""
        message, frames = self.message, self.stack_trace
        while len(body := _as_json(self.type, message, frames)) > LARGEST_TRAILER_JSON:
            if frames:
                frames = frames[1:]
            else:
                message = message[: len(message) // 2]
        return {**self.header(), ERROR_BODY: base64.b64encode(body).decode()}


def _message(error: BaseException) -> str:
    """Return the error's text. An application's own `__str__` may raise."""
    try:
        return str(error)
    except Exception:
        return "The error has no readable message."


def _as_json(error_type: str, message: str, frames: tuple[str, ...]) -> bytes:
    content = {"errorType": error_type[:128], "errorMessage": message, "stackTrace": frames}
    return json.dumps(content).encode()
