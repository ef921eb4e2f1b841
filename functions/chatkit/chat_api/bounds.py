"""How big the parts of a request may be, whatever its operation."""

import re
from collections.abc import Iterator
from typing import Any

from chatkit.types import BaseReq
from pydantic import BaseModel

from chatcore.errors import InvalidRequest

# Ours have 30 characters; one from elsewhere may be longer, but not hold anything.
_ID = re.compile(r"[A-Za-z0-9_.:~@+=-]{1,200}")
MAX_IDS = 100
MAX_ATTACHMENTS = 10
MAX_DEPTH = 8
_IDS = ("after", "attachments", "item_ids")


def check_bounds(request: BaseReq) -> None:
    """Raise `InvalidRequest` that names the first part out of bounds."""
    _check_depth("metadata", request.metadata)
    params: BaseModel | None = getattr(request, "params", None)
    if params is not None:
        for where, value in _fields("params", params):
            _check_field(where, value)


def _fields(where: str, model: BaseModel) -> Iterator[tuple[str, Any]]:
    """Each field of a model and of the models in it, with its place."""
    for name, value in model:
        if isinstance(value, BaseModel):
            yield from _fields(f"{where}.{name}", value)
        else:
            yield f"{where}.{name}", value


def _check_field(where: str, value: Any) -> None:
    name = where.rpartition(".")[2]
    if name.endswith("_id") or name in _IDS:
        _check_ids(where, value if isinstance(value, list) else [value])
        if name == "attachments" and len(value) > MAX_ATTACHMENTS:
            raise InvalidRequest(f"{where}: must have at most {MAX_ATTACHMENTS} attachments")
    elif isinstance(value, dict | list):
        _check_depth(where, value)


def _check_ids(where: str, ids: list[str | None]) -> None:
    if len(ids) > MAX_IDS:
        raise InvalidRequest(f"{where}: must have at most {MAX_IDS} ids")
    if not all(each is None or _ID.fullmatch(each) for each in ids):
        raise InvalidRequest(f"{where}: is not an id")


def _check_depth(where: str, value: Any, depth: int = MAX_DEPTH) -> None:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        if depth == 1 and isinstance(each, dict | list):
            raise InvalidRequest(f"{where}: is nested more than {MAX_DEPTH} deep")
        _check_depth(where, each, depth - 1)
