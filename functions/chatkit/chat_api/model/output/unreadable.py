"""A log line for each part of an answer that is passed over, because nobody can read it."""

import re

from chatcore.logs import logger

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,63}")


def name_of(kind: object) -> str:
    """Return a kind that can be logged: a short name, never a text."""
    return kind if isinstance(kind, str) and _NAME.fullmatch(kind) else "unnamed"


def pass_over(part: str, kind: object) -> None:
    """Log that a part of an answer was passed over."""
    logger.warning("answer_part_passed_over", part=part, kind=name_of(kind))
