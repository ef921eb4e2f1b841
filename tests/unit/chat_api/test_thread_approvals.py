"""Tools that the person has approved for the rest of a thread."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from agents import ToolInputGuardrailData
from agents.testing import assistant_message, function_call
from agents.tool_context import ToolContext
from chatkit.types import ThreadMetadata

from chat_api.conversation.approvals import APPROVE_IN_THREAD
from chat_api.conversation.assistant import Assistant
from chat_api.conversation.held_calls import HeldCalls
from chat_api.conversation.server import ConversationServer
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.tools.approval import tool_digest
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_approvals import ADD, add, asked, decide
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.wire import done, of_type


@pytest.fixture
def assistant(assistant: Assistant) -> Assistant:
    return replace(assistant, approvals={"add_task": "always"})


async def test_approval_for_the_thread_holds_in_that_thread_alone(
    chat: Chat, tool_function: ToolFunction
) -> None:
    form = await asked(chat, ADD)
    await decide(chat, form, APPROVE_IN_THREAD, more=[[add("bread", "c2")]])
    chat.model.extend([[add("eggs", "c3")], [assistant_message("Added.")]])
    await chat.say("And eggs", form["thread_id"])
    assert sorted(tool_function.titles("alice")) == ["bread", "eggs", "milk"]
    await asked(chat, add("tea", "c4"))
    assert "tea" not in tool_function.titles("alice")


async def test_approval_for_the_thread_ends_when_the_tool_changes(
    chat: Chat, tool_function: ToolFunction, store: DynamoStore, context: RequestContext
) -> None:
    form = await asked(chat, ADD)
    await decide(chat, form, APPROVE_IN_THREAD)
    thread = await store.load_thread(form["thread_id"], context)
    assert [*thread.metadata["approved_tools"]] == ["add_task"]
    other = {"approved_tools": {"add_task": "of another declaration"}}
    await store.save_thread(thread.model_copy(update={"metadata": other}), context)
    chat.model.extend([[add("eggs", "c2")]])
    events = await chat.say("And eggs", form["thread_id"])
    assert events[-1]["item"]["type"] == "structured_input"
    assert tool_function.titles("alice") == ["milk"]


async def test_approval_for_the_thread_can_be_taken_back(
    chat: Chat, tool_function: ToolFunction
) -> None:
    form = await asked(chat, ADD)
    await decide(chat, form, APPROVE_IN_THREAD)
    chat.model.extend([[function_call("ask_again", {}, call_id="c2")], [add("bread", "c3")]])
    events = await chat.say("Ask me again from now on. And add bread", form["thread_id"])
    assert events[-1]["item"]["type"] == "structured_input"
    assert tool_function.titles("alice") == ["milk"]
    chat.model.extend([[assistant_message("Fine.")]])
    await chat.say("Never mind", form["thread_id"])
    assert "ask_again" not in {tool.name for tool in chat.last_call.tools}


@pytest.mark.parametrize("ask_again_first", [True, False])
async def test_taking_an_approval_back_holds_from_the_next_step(
    chat: Chat, tool_function: ToolFunction, *, ask_again_first: bool
) -> None:
    form = await asked(chat, ADD)
    await decide(chat, form, APPROVE_IN_THREAD)
    step = [function_call("ask_again", {}, call_id="c2"), add("bread", "c3")]
    chat.model.extend([step if ask_again_first else step[::-1], [add("eggs", "c4")]])
    events = await chat.say("Ask me again. And add bread and eggs", form["thread_id"])
    assert sorted(tool_function.titles("alice")) == ["bread", "milk"]
    [again] = of_type(done(events), "structured_input")
    assert ["eggs" in each["question"] for each in again["inputs"]] == [True]


async def test_call_that_the_step_runs_is_not_held_after_its_approval_is_taken_back(
    server: ConversationServer, assistant: Assistant
) -> None:
    thread = ThreadMetadata(id="thr_1", created_at=datetime.now(UTC))
    async with server._tools.connect("alice") as tools:
        await tools.list_tools()
        declared = tools.find("add_task").declared
        assert declared
        thread.metadata = {"approved_tools": {"add_task": tool_digest(declared)}}
        held = HeldCalls(assistant, tools, thread)
        # The SDK decides when it lists the tools for the step.
        assert not tools.needs_approval("add_task")
        thread.metadata = {}
        context = ToolContext(
            None, tool_name="add_task", tool_call_id="c1", tool_arguments='{"title": "milk"}'
        )
        [guardrail] = tools.tool_input_guardrails or []
        await guardrail.run(ToolInputGuardrailData(context=context, agent=assistant.agent))
        assert held.calls == []
