"""Turns that wait, and answers to them."""

import json
from typing import Any

from agents.testing import function_call

from chat_api.conversation.approvals import APPROVE
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.store.conversation import rows
from tests.unit.chat_api.wire import thread_of

TIME = function_call("local_time", {}, call_id="c1")
ASK = function_call("ask_user", {"questions": [{"question": "Which one?"}]}, call_id="c1")


async def asked(chat: Chat, *calls: Any) -> tuple[str, dict[str, Any]]:
    """Return a thread whose newest turn waits, and the item that it waits for."""
    chat.model.extend([list(calls)])
    events = await chat.say("Add milk, tonight")
    assert events[-1]["item"]["status"] == "pending"
    return thread_of(events), events[-1]["item"]


async def give(chat: Chat, thread: str, result: Any, user: str = "alice", **metadata: Any) -> Any:
    """Send the result of a client tool."""
    params = {"thread_id": thread, "result": result}
    request = {"type": "threads.add_client_tool_output", "params": params, "metadata": metadata}
    return await chat.post(json.dumps(request).encode(), **chat.headers(user))


async def submit(chat: Chat, item: dict[str, Any], *values: str, user: str = "alice") -> Any:
    """Answer the first question of a form; without values, it is skipped."""
    return await chat.send(
        "threads.add_structured_input",
        user,
        thread_id=item["thread_id"],
        item_id=item["id"],
        input={"answers": {"q1": {"values": values}}},
    )


async def approve(chat: Chat, form: dict[str, Any]) -> Any:
    """Approve the first call of a form."""
    return await chat.send(
        "threads.add_structured_input",
        thread_id=form["thread_id"],
        item_id=form["id"],
        input={"answers": {form["inputs"][0]["id"]: {"values": [APPROVE]}}},
    )


def waiting_row() -> dict[str, Any]:
    """Return the row of the turn that waits."""
    [row] = [row for row in rows() if "waiting" in row]
    return dict(row)
