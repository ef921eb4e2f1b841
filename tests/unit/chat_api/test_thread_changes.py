"""Tools and actions that change a thread, and what a locked thread refuses."""

from dataclasses import replace
from typing import Any

import pytest
from agents import function_tool
from agents.testing import ModelStep, assistant_message, function_call
from agents.tool_context import ToolContext
from chatkit.types import ActiveStatus, ClosedStatus, LockedStatus

from chat_api.conversation.assistant import (
    ActionRequest,
    ActionResult,
    Ask,
    Assistant,
    WidgetAction,
)
from chat_api.conversation.turn_context import TurnContext
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from task_assistant.agent import assistant as task_assistant
from tests.unit.chat_api.conftest import Namer
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_action_answers import act
from tests.unit.chat_api.waiting_turns import ASK, TIME, asked, give, submit
from tests.unit.chat_api.wire import of_type, thread_of, types

LOCK = function_call("lock", {}, call_id="c1")
HANDED_OVER = LockedStatus(reason="A person has taken over.")


@function_tool
async def lock(context: ToolContext[TurnContext]) -> str:
    """Hand the conversation over."""
    context.context.thread.metadata["set_before"] = True
    await context.context.change_thread(status=HANDED_OVER, metadata={"case": 7, "draft": None})
    return "ok"


async def close(request: ActionRequest[None]) -> ActionResult:
    await request.change_thread(status=ClosedStatus(reason="Solved."))
    return ActionResult(None, "", ask=Ask("Say goodbye."))


async def reopen(request: ActionRequest[None]) -> ActionResult:
    was_open = request.thread.status.type == "active"
    await request.change_thread(status=ActiveStatus())
    return ActionResult(None, "It was open." if was_open else "It is open again.")


ACTIONS: dict[str, WidgetAction[Any]] = {
    "close": WidgetAction[None](None, close, without_widget=True, starts_answer=True),
    "reopen": WidgetAction[None](None, reopen, without_widget=True, in_closed_thread=True),
}


@pytest.fixture
def assistant() -> Assistant:
    agent = task_assistant.agent.clone(tools=[lock])
    return replace(task_assistant, agent=agent, actions=ACTIONS)


async def begun(chat: Chat) -> str:
    """Return a thread with one answer."""
    chat.model.extend([[assistant_message("Hello.")]])
    return thread_of(await chat.say("Hi"))


async def status_of(chat: Chat, thread: str) -> dict[str, Any]:
    listed = (await chat.send("threads.list")).json()["data"]
    [status] = [each["status"] for each in listed if each["id"] == thread]
    found: dict[str, Any] = status
    return found


async def test_tool_locks_the_thread_and_the_answer_goes_on(
    chat: Chat, store: DynamoStore, context: RequestContext
) -> None:
    chat.model.extend([[LOCK], [assistant_message("A person will help.")]])
    events = await chat.say("Help")
    assert of_type(events, "thread.updated")[-1]["thread"]["status"]["type"] == "locked"
    assert events[-1]["item"]["type"] == "end_of_turn"
    thread = thread_of(events)
    assert await status_of(chat, thread) == HANDED_OVER.model_dump()
    stored = await store.load_thread(thread, context)
    assert stored.metadata == {"set_before": True, "case": 7}


async def test_title_that_is_given_meanwhile_is_kept(
    chat: Chat, namer: Namer, store: DynamoStore, context: RequestContext
) -> None:
    namer.title = "Groceries"
    namer.may_answer.clear()

    def answer(_call: object) -> list[Any]:
        namer.may_answer.set()
        return [assistant_message("A person will help.")]

    chat.model.extend([[LOCK], ModelStep(responder=answer)])
    events = await chat.say("Help")
    stored = await store.load_thread(thread_of(events), context)
    assert (stored.title, stored.status) == ("Groceries", HANDED_OVER)
    last = of_type(events, "thread.updated")[-1]["thread"]
    assert (last["title"], last["status"]["type"]) == ("Groceries", "locked")


async def test_metadata_of_other_keys_is_kept(
    chat: Chat, store: DynamoStore, context: RequestContext
) -> None:
    thread = await begun(chat)
    before = await store.load_thread(thread, context)
    before.metadata |= {"draft": True, "customer": "c7"}
    await store.save_thread(before, context)
    chat.model.extend([[LOCK], [assistant_message("A person will help.")]])
    await chat.say("Help", thread)
    afresh = replace(context, cache=type(context.cache)())
    stored = await store.load_thread(thread, afresh)
    assert stored.metadata == {"customer": "c7", "set_before": True, "case": 7}


async def test_change_that_another_request_undoes_meanwhile_is_not_repeated(
    chat: Chat, assistant: Assistant, store: DynamoStore
) -> None:
    @function_tool(name_override="lock")
    async def locked_and_reopened(context: ToolContext[TurnContext]) -> str:
        await context.context.change_thread(status=HANDED_OVER)
        await act(chat, context.context.thread.id, "reopen")
        context.context.thread.metadata["later"] = True
        return "ok"

    assistant.agent.tools = [locked_and_reopened]
    chat.model.extend([[LOCK], [assistant_message("A person will help.")]])
    thread = thread_of(await chat.say("Help"))
    assert (await status_of(chat, thread))["type"] == "active"


async def test_action_that_closes_the_thread_starts_no_answer(chat: Chat) -> None:
    thread = await begun(chat)
    events = chat.events(await act(chat, thread, "close"))
    assert types(events) == ["stream_options", "thread.updated"]
    assert events[1]["thread"]["status"] == {"type": "closed", "reason": "Solved."}
    assert len(of_type(await chat.shown(thread), "user_message")) == 1
    again = chat.events(await act(chat, thread, "close"))
    assert types(again) == ["notice"]


@pytest.mark.parametrize("operation", ["custom_action", "sync_custom_action"])
async def test_action_reopens_the_thread(chat: Chat, operation: str) -> None:
    thread = await begun(chat)
    await act(chat, thread, "close")
    answer = await act(chat, thread, "reopen", operation=operation)
    assert answer.status_code == 200
    if operation == "custom_action":
        [_, notice, updated] = chat.events(answer)
        assert notice["message"] == "It is open again."
        assert updated["thread"]["status"]["type"] == "active"
    assert (await status_of(chat, thread))["type"] == "active"
    chat.model.extend([[assistant_message("Welcome back.")]])
    assert (await chat.say("Hi", thread))[-1]["item"]["type"] == "end_of_turn"


async def test_every_operation_that_would_answer_is_refused_in_a_locked_thread(
    chat: Chat, store: DynamoStore, context: RequestContext
) -> None:
    thread, _ = await asked(chat, TIME)
    other, question = await asked(chat, ASK)
    for each in (thread, other):
        stored = await store.load_thread(each, context)
        await store.save_thread(stored.model_copy(update={"status": HANDED_OVER}), context)
    items = {each: await chat.shown(each) for each in (thread, other)}
    message = items[thread][0]["id"]
    refused = [
        await give(chat, thread, "12:00"),
        await submit(chat, question, "milk"),
        await act(chat, thread, "close"),
        await chat.send("threads.retry_after_item", thread_id=thread, item_id=message),
    ]
    for answer in refused:
        [notice] = chat.events(answer)
        assert notice["message"] == HANDED_OVER.reason
    assert {each: await chat.shown(each) for each in items} == items
