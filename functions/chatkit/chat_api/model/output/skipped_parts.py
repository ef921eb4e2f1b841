"""A log line for each part of an answer that is skipped, because it cannot be read."""

import re

from chatcore.logs import logger

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,63}")


def loggable_name(kind: object) -> str:
    """Return a type that is safe to log: a short name, never a text."""
    return kind if isinstance(kind, str) and _NAME.fullmatch(kind) else "unnamed"


def log_skipped(part: str, kind: object) -> None:
    """Log that a part of an answer was skipped."""
    logger.warning("answer_part_passed_over", part=part, kind=loggable_name(kind))
