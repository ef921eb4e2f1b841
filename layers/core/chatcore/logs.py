"""The logger: JSON lines with structured keys, never a message body, a token or a secret.

Powertools reads POWERTOOLS_SERVICE_NAME and POWERTOOLS_LOG_LEVEL itself. The service name is also
the name of the logger, so it must not equal a library's: the library's lines would look like ours.
"""

import logging
import traceback
from itertools import groupby
from types import FrameType
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

logger = Logger()


# Of consecutive frames in one package, keep the last few: they show where the error was raised.
FRAMES_IN_A_ROW = 3
MAX_FRAMES = 24


def described(error: BaseException) -> dict[str, Any]:
    """Return log keys for an error: its types and where each of them was raised.

    The error's text is left out, because it may quote a user.
    """
    keys: dict[str, Any] = {"error": _types(error), "raised_at": _frames(error)[-MAX_FRAMES:]}
    if isinstance(error, ClientError):
        keys["aws_error"] = error.response.get("Error", {}).get("Code", "unknown")
        keys["aws_operation"] = error.operation_name
    return keys


def _types(error: BaseException) -> str:
    """Return the types of an error, of the errors in a group, and of the chain of causes."""
    name = type(error).__qualname__
    if isinstance(error, BaseExceptionGroup):
        name += "(" + ", ".join(_types(inner) for inner in error.exceptions) + ")"
    cause = error.__cause__
    return f"{name} from {_types(cause)}" if cause is not None else name


def _frames(error: BaseException) -> list[str]:
    """Return the frames of an error, innermost last, then those of its causes.

    Of consecutive frames in one package only the last few are returned, so that a deep library does
    not hide the code that called it.
    """
    frames: list[str] = []
    runs = groupby(traceback.walk_tb(error.__traceback__), lambda each: _package(each[0]))
    for _, run in runs:
        frames += [
            f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}"
            for frame, line in [*run][-FRAMES_IN_A_ROW:]
        ]
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    causes = [error.__cause__] if error.__cause__ is not None else []
    return frames + [frame for each in (*inner, *causes) for frame in _frames(each)]


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__")).partition(".")[0]


class _WithoutText(logging.Handler):
    """Logs the source, place and error of each library log record, but not its text."""

    def __init__(self, client_errors: tuple[type[Exception], ...]) -> None:
        super().__init__(logging.WARNING)
        self._client_errors = client_errors

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, self._client_errors):
            return
        log = logger.error if record.levelno >= logging.ERROR else logger.warning
        place = f"{record.pathname}:{record.lineno}"
        keys = described(error) if error else {}
        log("library_log", source=record.name, logged_at=place, **keys)


def keep_library_text_out(*, client_errors: tuple[type[Exception], ...] = ()) -> None:
    """Log what libraries log from WARNING up, without its text, which may quote a user.

    Errors of the types in `client_errors` are the client's fault and are not logged. Call this
    before a library configures the root logger; the library then leaves it alone.
    """
    logging.getLogger(logger.name).propagate = False
    logging.root.handlers = [_WithoutText(client_errors)]
    logging.root.setLevel(logging.WARNING)
