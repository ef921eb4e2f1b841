"""Size limits for the parts of a request, whatever its operation."""

import math
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from chatkit.types import BaseReq
from pydantic import BaseModel

from chat_api.attachments.policy import MAX_ATTACHMENTS
from chatcore.errors import InvalidRequest

# Our ids have 30 characters. Ids from elsewhere may be longer, within this alphabet.
_ID = re.compile(r"[A-Za-z0-9_.:~@+=-]{1,200}")
MAX_IDS = 100
MAX_PARTS = 100
MAX_DEPTH = 8
_IDS = ("after", "attachments", "item_ids")
# Invisible letters and symbols of Unicode: the Hangul fillers and the empty Braille cell.
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800"
# Controls, formats (zero-width characters among them), separators, and marks without a letter.
_UNSEEN = ("Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me")


def check_bounds(request: BaseReq) -> None:
    """Raise `InvalidRequest` that names the first part beyond its limit."""
    check_values("metadata", request.metadata)
    params: BaseModel | None = getattr(request, "params", None)
    if params is not None:
        for where, value in _fields("params", params):
            _check_field(where, value)


def is_blank(text: str) -> bool:
    """Return whether nothing in a text is visible."""
    return all(each in _FILLERS or unicodedata.category(each) in _UNSEEN for each in text)


def _fields(where: str, model: BaseModel) -> Iterator[tuple[str, Any]]:
    """Yield each field of a model and of its nested models, with its path."""
    for name, value in model:
        if isinstance(value, BaseModel):
            yield from _fields(f"{where}.{name}", value)
        else:
            yield f"{where}.{name}", value


def _check_field(where: str, value: Any) -> None:
    name = where.rpartition(".")[2]
    if name.endswith("_id") or name in _IDS:
        if name == "attachments" and len(value) > MAX_ATTACHMENTS:
            raise InvalidRequest(f"{where}: must have at most {MAX_ATTACHMENTS} attachments")
        _check_ids(where, value if isinstance(value, list) else [value])
    elif name == "content" and len(value) > MAX_PARTS:
        raise InvalidRequest(f"{where}: must have at most {MAX_PARTS} parts")
    else:
        check_values(where, value)


def _check_ids(where: str, ids: list[str | None]) -> None:
    if len(ids) > MAX_IDS:
        raise InvalidRequest(f"{where}: must have at most {MAX_IDS} ids")
    if not all(each is None or _ID.fullmatch(each) for each in ids):
        raise InvalidRequest(f"{where}: is not an id")


def check_values(where: str, value: object, depth: int = MAX_DEPTH) -> None:
    """Raise `InvalidRequest` for a number that JSON does not have, or for deep nesting."""
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidRequest(f"{where}: holds a number that is not finite")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        if depth == 1 and isinstance(each, dict | list):
            raise InvalidRequest(f"{where}: is nested more than {MAX_DEPTH} deep")
        check_values(where, each, depth - 1)
