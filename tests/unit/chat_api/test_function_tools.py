"""A team's own function tools, which can stream items and change the thread during a turn."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from agents import FunctionTool, function_tool
from agents.testing import ModelStep, assistant_message, function_call
from agents.tool_context import ToolContext
from chatkit.types import (
    CustomSummary,
    CustomTask,
    HiddenContextItem,
    LockedStatus,
    SDKHiddenContextItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    Workflow,
)
from chatkit.widgets import DynamicWidgetRoot, WidgetRoot

from chat_api.conversation.assistant import Assistant
from chat_api.conversation.turn_context import TurnContext
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from tests.unit.chat_api.conftest import Namer
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_progress import task_updates, tasks_of, workflows
from tests.unit.chat_api.wire import of_type, thread_of, types

type UseTools = Callable[..., None]
Context = ToolContext[TurnContext]
CREATED = datetime(2026, 11, 27, tzinfo=UTC)
CALL = function_call("tool", {}, call_id="c1")
OTHER = function_call("other", {}, call_id="c2")


def card(text: str, *, streaming: bool = False) -> WidgetRoot:
    part = {"type": "Text", "id": "t", "value": text, "streaming": streaming}
    return DynamicWidgetRoot.model_validate({"type": "Card", "children": [part]})


def named(name: str, function: Callable[..., Any]) -> FunctionTool:
    return function_tool(function, name_override=name)


@pytest.fixture
def use_tools(assistant: Assistant) -> UseTools:
    """Return a function that gives the agent these functions as tools."""

    def use_tools(**tools: Callable[..., Any]) -> None:
        assistant.agent.tools = [named(name, tool) for name, tool in tools.items()]

    return use_tools


def script_answer(chat: Chat, *calls: Any, then: str = "Done.") -> None:
    chat.model.extend([list(calls or [CALL]), [assistant_message(then)]])


async def test_hidden_context_reaches_the_next_turns_model_but_not_the_user(
    chat: Chat, use_tools: UseTools
) -> None:
    async def tool(context: Context) -> str:
        turn = context.context
        hidden = {"thread_id": turn.thread.id, "created_at": CREATED}
        for number, content in enumerate(["chose the red one", {"price": 7}]):
            item = HiddenContextItem(id=turn.generate_id("message"), content=content, **hidden)
            if number:
                await turn.stream(ThreadItemAddedEvent(item=item))
            await turn.stream(ThreadItemDoneEvent(item=item))
        sdk = SDKHiddenContextItem(
            id=turn.generate_id("sdk_hidden_context"), content="by the SDK", **hidden
        )
        await turn.stream(ThreadItemDoneEvent(item=sdk))
        return "ok"

    use_tools(tool=tool)
    script_answer(chat)
    events = await chat.say("Choose")
    assert "red" not in str(events)
    assert "price" not in str(events)
    chat.model.extend([[assistant_message("Fine.")]])
    await chat.say("Continue", thread_of(events))
    given = str(chat.last_call.input)
    positions = [
        given.index(each) for each in ("red one", '{"price": 7}', "by the SDK", "Continue")
    ]
    assert positions == sorted(positions)


async def test_widget_ends_the_workflow_and_its_call(chat: Chat, use_tools: UseTools) -> None:
    async def tool(context: Context) -> str:
        await context.context.stream_widget(card("hello"))
        return "ok"

    use_tools(tool=tool)
    script_answer(chat)
    events = await chat.say("Show")
    [workflow] = workflows(await chat.shown(thread_of(events)))
    assert tasks_of(workflow) == [("Tool", "complete")]
    assert [item["type"] for item in await chat.shown(thread_of(events))] == [
        "user_message",
        "workflow",
        "widget",
        "assistant_message",
        "end_of_turn",
    ]


async def test_parallel_streaming_tools_leave_no_task_loading(
    chat: Chat, use_tools: UseTools
) -> None:
    shown, may_end = asyncio.Event(), asyncio.Event()

    async def tool(context: Context) -> str:
        await context.context.stream_widget(card("one"))
        shown.set()
        await may_end.wait()
        await context.context.add_workflow_task(
            CustomTask(title="More", status_indicator="loading")
        )
        return "ok"

    async def other(context: Context) -> str:
        await shown.wait()
        await context.context.stream_widget(card("two"))
        may_end.set()
        return "ok"

    use_tools(tool=tool, other=other)
    script_answer(chat, CALL, OTHER)
    items = await chat.shown(thread_of(await chat.say("Show")))
    assert len(of_type(items, "widget")) == 2
    statuses = [status for each in workflows(items) for _, status in tasks_of(each)]
    assert "loading" not in statuses
    assert statuses.count("complete") == 2


async def test_widget_whose_stream_fails_keeps_its_last_state(
    chat: Chat, use_tools: UseTools, logged: list[dict[str, Any]]
) -> None:
    async def growing() -> AsyncGenerator[WidgetRoot]:
        yield card("", streaming=True)
        yield card("half", streaming=True)
        raise ValueError("hunter2")

    async def tool(context: Context) -> str:
        await context.context.stream_widget(growing())
        return "ok"

    use_tools(tool=tool)
    script_answer(chat)
    events = await chat.say("Show")
    [widget] = of_type(await chat.shown(thread_of(events)), "widget")
    assert widget["widget"]["children"][0]["value"] == "half"
    assert types(events)[-1] == "thread.item.done"
    assert "hunter2" not in str(logged)


async def test_failing_tool_is_shown_as_failed_and_logged_with_its_line(
    chat: Chat, use_tools: UseTools, logged: list[dict[str, Any]]
) -> None:
    async def tool(context: Context) -> str:
        raise LookupError("hunter2")

    use_tools(tool=tool)
    script_answer(chat, then="It did not work.")
    events = await chat.say("Try")
    assert task_updates(events)[-1] == (0, "Failed: Tool", "none")
    assert types(events)[-1] == "thread.item.done"
    [line] = [line for line in logged if line["message"] == "tool_failed"]
    assert (line["tool"], line["error"]) == ("tool", "LookupError")
    assert line["raised_at"][-1].startswith(__file__)
    assert "hunter2" not in str(logged)


async def test_tool_that_ends_the_workflow_is_complete_in_it(
    chat: Chat, use_tools: UseTools
) -> None:
    async def tool(context: Context) -> str:
        await context.context.end_workflow(CustomSummary(title="All set"))
        return "ok"

    use_tools(tool=tool)
    script_answer(chat)
    events = await chat.say("End")
    [workflow] = workflows(await chat.shown(thread_of(events)))
    assert tasks_of(workflow) == [("Tool", "complete")]
    assert workflow["summary"]["title"] == "All set"


async def test_tool_that_starts_a_workflow_ends_the_previous_one(
    chat: Chat, use_tools: UseTools
) -> None:
    async def tool(context: Context) -> str:
        task = CustomTask(title="Step", status_indicator="loading")
        await context.context.start_workflow(Workflow(type="custom", tasks=[task]))
        return "ok"

    use_tools(tool=tool)
    script_answer(chat)
    events = await chat.say("Start")
    before, started = workflows(await chat.shown(thread_of(events)))
    assert tasks_of(before) == [("Tool", "complete")]
    assert tasks_of(started) == [("Step", "none")]


async def test_text_before_a_call_does_not_replace_the_answer(chat: Chat) -> None:
    add = function_call("add_task", {"title": "buy milk"}, call_id="c1")
    chat.model.extend([[assistant_message("Let me see."), add], [assistant_message("Added.")]])
    events = await chat.say("Add buy milk")
    assert types(events)[-1] == "thread.item.done"
    items = await chat.shown(thread_of(events))
    assert [item["type"] for item in items[-2:]] == ["widget", "end_of_turn"]


@pytest.mark.parametrize("named_first", [True, False])
async def test_tools_thread_changes_and_the_title_are_both_kept(
    chat: Chat,
    use_tools: UseTools,
    namer: Namer,
    store: DynamoStore,
    context: RequestContext,
    named_first: bool,
) -> None:
    namer.title = "Groceries"
    namer.may_answer.clear()

    async def tool(context: Context) -> str:
        turn = context.context
        if named_first:
            namer.may_answer.set()
            while not (await chat.send("threads.list")).json()["data"][0].get("title"):
                pass
        turn.thread.metadata["customer"] = "c7"
        turn.thread.status = LockedStatus(reason="Paid.")
        return "ok"

    def answer(_call: object) -> list[Any]:
        namer.may_answer.set()
        return [assistant_message("Done.")]

    use_tools(tool=tool)
    chat.model.extend([[CALL], ModelStep(responder=answer)])
    events = await chat.say("Buy milk")
    thread = await store.load_thread(thread_of(events), context)
    assert (thread.title, thread.metadata) == ("Groceries", {"customer": "c7"})
    assert thread.status.type == "locked"
    thread_event = of_type(events, "thread.updated")[-1]["thread"]
    assert (thread_event["title"], thread_event["status"]["type"]) == ("Groceries", "locked")


async def test_title_set_by_the_user_while_a_tool_runs_is_kept(
    chat: Chat, use_tools: UseTools, store: DynamoStore, context: RequestContext
) -> None:
    async def tool(context: Context) -> str:
        thread = context.context.thread
        await chat.send("threads.update", thread_id=thread.id, title="Mine")
        thread.metadata["customer"] = "c7"
        return "ok"

    use_tools(tool=tool)
    script_answer(chat)
    events = await chat.say("Buy milk")
    thread = await store.load_thread(thread_of(events), context)
    assert (thread.title, thread.metadata) == ("Mine", {"customer": "c7"})
    assert of_type(events, "thread.updated")[-1]["thread"]["title"] == "Mine"
