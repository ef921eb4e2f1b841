"""The reminders shown while the model is silent."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

import pytest
from agents.testing import ModelStep, assistant_message, function_call
from chatkit.types import (
    InferenceOptions,
    ProgressUpdateEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
    UserMessageTextContent,
)

from chat_api.conversation.reminders import STILL_WAITING, WAITING, Reminders
from chat_api.conversation.server import ConversationServer
from chat_api.request_context import RequestContext
from tests.loop_clock import LoopClock, let_time_pass
from tests.unit.chat_api.conftest import Scripted
from tests.unit.chat_api.turns.conftest import Slow

NOW = datetime(2026, 11, 27, tzinfo=UTC)
ADD = function_call("add_task", {"title": "milk"}, call_id="c1")


class Silent:
    """A model that sends nothing until the test releases it."""

    def __init__(self, *outputs: Any) -> None:
        self.may_answer = asyncio.Event()
        self.step = ModelStep(responder=self._answer)
        self._outputs = [*outputs]

    async def _answer(self, _call: object) -> list[Any]:
        await self.may_answer.wait()
        return self._outputs


@pytest.fixture
def reminders() -> Reminders:
    """Return short delays. The model stays silent until the test releases it."""
    return Reminders(first=0.001, again=0.001)


async def answer(
    server: ConversationServer, context: RequestContext
) -> AsyncGenerator[ThreadStreamEvent]:
    """Yield the events of an answer as they are sent."""
    thread = ThreadMetadata(id="thr_1", created_at=NOW)
    await server.store.save_thread(thread, context)
    message = UserMessageItem(
        id="msg_1",
        thread_id=thread.id,
        created_at=NOW,
        content=[UserMessageTextContent(text="Hi")],
        attachments=[],
        inference_options=InferenceOptions(),
    )
    async with aclosing(server.respond(thread, message, context)) as events:
        async for event in events:
            # The protocol's server does this for every event.
            context.turn.answer.follow(event)
            yield event


async def next_reminders(events: AsyncGenerator[ThreadStreamEvent], times: int) -> list[str]:
    """Return the texts of the next reminders."""
    texts: list[str] = []
    async for event in events:
        if isinstance(event, ProgressUpdateEvent):
            texts.append(event.text)
            if len(texts) == times:
                return texts
    raise AssertionError(texts)


async def test_reminders_repeat_while_the_model_is_silent(
    server: ConversationServer, context: RequestContext, provider: Scripted
) -> None:
    silent = Silent(assistant_message("Hello!"))
    provider.model.extend([silent.step])
    async with aclosing(answer(server, context)) as events:
        assert await next_reminders(events, 3) == [WAITING, STILL_WAITING, STILL_WAITING]
        silent.may_answer.set()
        rest = [event.type async for event in events]
    # The next answer removes the reminder.
    assert rest[-1] == "thread.item.done"


async def test_each_model_request_of_a_turn_has_its_own_reminders(
    server: ConversationServer, context: RequestContext, provider: Scripted
) -> None:
    first, second = Silent(ADD), Silent(assistant_message("Done."))
    provider.model.extend([first.step, second.step])
    async with aclosing(answer(server, context)) as events:
        assert await next_reminders(events, 2) == [WAITING, STILL_WAITING]
        first.may_answer.set()
        while (await anext(events)).type != "thread.item.added":
            pass
        assert WAITING in await next_reminders(events, 2)
        second.may_answer.set()
        assert [event.type async for event in events][-1] == "thread.item.done"


async def test_abandoned_turn_leaves_no_reminder_task(
    server: ConversationServer, context: RequestContext, provider: Scripted
) -> None:
    provider.model.extend([Silent().step])
    async with aclosing(answer(server, context)) as events:
        await next_reminders(events, 1)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_no_reminder_is_shown_while_a_message_is_written(
    server: ConversationServer, context: RequestContext, provider: Scripted, loop_clock: LoopClock
) -> None:
    slow = Slow("Once upon ", "a time.")
    provider.model.extend([slow.step])
    async with aclosing(answer(server, context)) as events:
        async for event in events:
            if "Once upon" in event.model_dump_json():
                break
        following = asyncio.create_task(anext(events))
        await let_time_pass(loop_clock, 30.0)
        assert not following.done()
        slow.may_continue.set()
        rest = [await following, *[event async for event in events]]
    assert "progress_update" not in [event.type for event in rest]
