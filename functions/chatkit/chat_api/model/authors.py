"""Which model wrote an item of a history: a mark that the item carries in its `provider_data`.

The Agents SDK keeps that field through a run and never sends it.
"""

from collections.abc import Mapping
from typing import Any

# Over Chat Completions, the SDK's own key `model` holds what the endpoint calls the model.
_AUTHOR = "written_by"


def marked(provider_data: object, model: str) -> dict[str, Any]:
    """Return an item's `provider_data` with the configured name of the model that wrote it."""
    known = provider_data if isinstance(provider_data, Mapping) else {}
    return {**known, _AUTHOR: model}


def author_of(item: Mapping[str, object]) -> str:
    """Return the name of the model that wrote an item, or "" if it is not known.

    Items that older versions stored have no mark, only the SDK's name for the model.
    """
    known = item.get("provider_data")
    if not isinstance(known, Mapping):
        return ""
    return str(known.get(_AUTHOR) or known.get("model") or "")


def came_over_chat(item: Mapping[str, object]) -> bool:
    """Return whether an item came over Chat Completions, where the SDK adds keys of its own."""
    known = item.get("provider_data")
    return isinstance(known, Mapping) and bool(known.keys() - {_AUTHOR})
