"""What the model reads as the results of calls that waited."""

import json
from typing import Any

from chatkit.types import ClientToolCallItem, StructuredInputItem, ThreadItem

from chat_api.conversation.approvals import UNKNOWN, declined, is_approved
from chat_api.conversation.questions import answers_for_model
from chat_api.model.budget import RESULT_BYTES
from chat_api.model.texts import shorten, well_formed
from chat_api.pending_items import is_pending
from chat_api.store.waiting_turns import HeldCall, WaitingTurn
from chat_api.tools.results import Output

# The result of a call that got a new message instead of a reply.
NO_ANSWER = "The user did not answer this, and wrote another message instead."


def call_result(call: HeldCall, output: Output) -> dict[str, Any]:
    """Return the result of a call, in the model's format."""
    return {"type": "function_call_output", "call_id": call.call_id, "output": output}


def approved_calls(turn: WaitingTurn, item: ThreadItem) -> list[HeldCall]:
    """Return the calls that an answered item approves."""
    return [call for call in turn.held if turn.asks_approval and is_approved(item, call)]


def results_of(turn: WaitingTurn, item: ThreadItem) -> list[dict[str, Any]]:
    """Return the results that an answered item gives, in the model's format.

    Calls that the person has approved have none until they have run.
    """
    approved = approved_calls(turn, item)
    others = [call for call in turn.held if call not in approved]
    return [call_result(call, _result(turn, item, call)) for call in others]


def abandoned_results(turn: WaitingTurn, item: ThreadItem | None) -> list[dict[str, Any]]:
    """Return the results of the calls of a turn that does not continue.

    `item` is what the turn waited for, None if that is gone. An answered item means that the
    process that took the reply has died.
    """
    if item is None or is_pending(item):
        return [call_result(call, NO_ANSWER) for call in turn.held]
    unknown = [call_result(call, UNKNOWN) for call in approved_calls(turn, item)]
    return [*results_of(turn, item), *unknown]


def _result(turn: WaitingTurn, item: ThreadItem, call: HeldCall) -> str:
    if turn.asks_approval:
        return declined(item, call)
    if isinstance(item, StructuredInputItem):
        return answers_for_model(item)
    output = item.output if isinstance(item, ClientToolCallItem) else None
    text = output if isinstance(output, str) else json.dumps(output, ensure_ascii=False)
    return shorten(well_formed(text), RESULT_BYTES)
