"""What the model reads of approved calls whose turn stops."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from chatkit.types import ThreadsAddStructuredInputReq

from chat_api.conversation.agent_run import AgentRun
from chat_api.conversation.approvals import APPROVE, NOT_BEGUN, UNKNOWN
from chat_api.conversation.assistant import Assistant
from chat_api.conversation.reminders import Reminders
from chat_api.conversation.replies import Reply
from chat_api.conversation.server import ConversationServer
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_approvals import ADD, add, asked

# Takes a reply, runs its approved calls up to so many events, and returns their results.
type Stopped = Callable[[Reply, int], Awaitable[list[str]]]


@pytest.fixture
def assistant(assistant: Assistant) -> Assistant:
    return replace(assistant, approvals={"add_task": "always"})


@pytest.fixture
def stopped(
    server: ConversationServer, assistant: Assistant, store: DynamoStore, context: RequestContext
) -> Stopped:
    async def results(reply: Reply, events: int) -> list[str]:
        thread = await store.load_thread(reply.item.thread_id, context)
        run = AgentRun([], reply.turn.said, thread, store, context, reply)
        async with server._tools.connect("alice") as tools:
            run.use(assistant, tools, Reminders())
            approved = run.approved()
            for _ in range(events):
                await anext(approved)
            await approved.aclose()
        return [item["output"] for item in run.for_model(10_000) if "output" in item]

    return results


async def take(
    chat: Chat, server: ConversationServer, form: dict[str, Any], context: RequestContext
) -> Reply:
    """Approve every call of a form, and return the reply."""
    answers = {question["id"]: {"values": [APPROVE]} for question in form["inputs"]}
    params = {"thread_id": form["thread_id"], "item_id": form["id"], "input": {"answers": answers}}
    request = ThreadsAddStructuredInputReq.model_validate({"params": params})
    reply = await server.replies.take(request, context)
    assert isinstance(reply, Reply)
    return reply


async def test_result_is_kept_if_the_turn_stops_while_it_is_shown(
    chat: Chat, server: ConversationServer, context: RequestContext, stopped: Stopped
) -> None:
    reply = await take(chat, server, await asked(chat, ADD), context)
    # The second event shows the result.
    [result] = await stopped(reply, 2)
    assert "milk" in result


async def test_call_that_has_not_begun_was_not_done(
    chat: Chat, server: ConversationServer, context: RequestContext, stopped: Stopped
) -> None:
    reply = await take(chat, server, await asked(chat, ADD, add("bread", "c2")), context)
    assert await stopped(reply, 0) == [NOT_BEGUN, NOT_BEGUN]
    # The first event shows that the first call begins.
    assert await stopped(reply, 1) == [UNKNOWN, NOT_BEGUN]


async def test_after_a_repeated_reply_it_is_unknown_whether_a_call_has_begun(
    chat: Chat, server: ConversationServer, context: RequestContext, stopped: Stopped
) -> None:
    form = await asked(chat, ADD)
    await take(chat, server, form, context)
    # The process that took the first one may have run the call before it died.
    repeated = await take(chat, server, form, context)
    assert await stopped(repeated, 0) == [UNKNOWN]
