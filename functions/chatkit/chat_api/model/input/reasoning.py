"""The reasoning in a history: it goes back to the model that wrote it, and to no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from chat_api.model.authors import author_of, came_over_chat, marked
from chat_api.model.input.parts import as_list
from chat_api.model.texts import well_formed_json

if TYPE_CHECKING:
    from agents.items import TResponseInputItem

    from chat_api.model.input.input_format import InputFormat
    from chat_api.model.input.parts import RawItem

REASONING = "reasoning"
# The stand-in for missing reasoning, for a model that demands some with each call. It is missing if
# another model made the call, or if the call is older than the author's mark. The Agents SDK leaves
# out an empty text.
NO_REASONING = " "
# Google's own value for a call that none of its models made.
UNSIGNED = "skip_thought_signature_validator"


def clean_reasoning(item: RawItem, form: InputFormat) -> TResponseInputItem | None:
    """Return reasoning with its content, or None: an endpoint cannot find it by its id alone."""
    if not form.is_for(author_of(item)):
        return None
    # The signatures in reasoning that came over Chat Completions mean nothing to the other API.
    over_chat = came_over_chat(item)
    if over_chat or not form.encrypted:
        taken = over_chat and form.readable and _goes_back(item, form)
        left_out: tuple[str, ...] = ("id", "status")
    else:
        taken = bool(item.get("encrypted_content"))
        # The SDK takes reasoning with this member for another provider's.
        left_out = ("id", "status", "provider_data")
    if not taken:
        return None
    kept = {key: each for key, each in item.items() if key not in left_out and each is not None}
    return cast("TResponseInputItem", well_formed_json(kept))


def _goes_back(item: RawItem, form: InputFormat) -> bool:
    # The SDK puts the field `reasoning_content` into the summary, and `reasoning` into the content.
    summary, content = (_has_text(item.get(key)) for key in ("summary", "content"))
    if not form.model or form.replay:
        return summary or content
    return form.replay is None and content and not summary


def _has_text(parts: object) -> bool:
    return any(isinstance(each, dict) and each.get("text") for each in as_list(parts))


def with_demanded_reasoning(
    items: list[TResponseInputItem], form: InputFormat
) -> list[TResponseInputItem]:
    """Return the items with a stand-in for the reasoning that the model demands with its calls.

    Each step that has none gets one, because its endpoint would refuse the whole history.
    """
    if not form.replay and not form.signed:
        return items
    done: list[TResponseInputItem] = []
    reasoned = attached = called = False
    for item in items:
        kind = item.get("type")
        if kind == REASONING:
            reasoned = True
        elif item.get("role") == "assistant":
            attached, reasoned = reasoned, False
        elif kind == "function_call":
            if not called:
                if form.replay and not attached and not reasoned:
                    done.append(_stand_in(form))
                item = _signed(item) if form.signed else item
            attached, reasoned, called = attached or reasoned, False, True
        else:
            attached = reasoned = called = False
        done.append(item)
    return done


def _stand_in(form: InputFormat) -> TResponseInputItem:
    summary = [{"type": "summary_text", "text": NO_REASONING}]
    known = marked({"model": form.model}, form.model)
    item = {"type": REASONING, "summary": summary, "provider_data": known}
    return cast("TResponseInputItem", item)


def _signed(call: Any) -> TResponseInputItem:
    known = call.get("provider_data") or {}
    if not known.get("thought_signature"):
        call = {**call, "provider_data": {**known, "thought_signature": UNSIGNED}}
    return cast("TResponseInputItem", call)
