"""What a person reads while the model is silent."""

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
from tests.chat_api.conftest import Scripted
from tests.chat_api.turns.conftest import Slow
from tests.loop_clock import LoopClock, let_time_pass

NOW = datetime(2026, 11, 27, tzinfo=UTC)
ADD = function_call("add_task", {"title": "milk"}, call_id="c1")


class Silent:
    """A model that says nothing until the test lets it speak."""

    def __init__(self, *outputs: Any) -> None:
        self.speak = asyncio.Event()
        self.step = ModelStep(responder=self._answer)
        self._outputs = [*outputs]

    async def _answer(self, _call: object) -> list[Any]:
        await self.speak.wait()
        return self._outputs


@pytest.fixture
def reminders() -> Reminders:
    """A silence is over only when the test says so, so its reminders may come soon."""
    return Reminders(first=0.001, again=0.001)


async def answer(
    server: ConversationServer, context: RequestContext
) -> AsyncGenerator[ThreadStreamEvent]:
    """The events of an answer, as they are made."""
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
            # As the protocol's server does with every event that it sends.
            context.turn.answer.follow(event)
            yield event


async def reminded(events: AsyncGenerator[ThreadStreamEvent], times: int) -> list[str]:
    """The texts of the next reminders, of which there are so many."""
    texts: list[str] = []
    async for event in events:
        if isinstance(event, ProgressUpdateEvent):
            texts.append(event.text)
            if len(texts) == times:
                return texts
    raise AssertionError(texts)


async def test_a_silent_model_is_told_again_and_again(
    server: ConversationServer, context: RequestContext, provider: Scripted
) -> None:
    silent = Silent(assistant_message("Hello!"))
    provider.model.extend([silent.step])
    async with aclosing(answer(server, context)) as events:
        assert await reminded(events, 3) == [WAITING, STILL_WAITING, STILL_WAITING]
        silent.speak.set()
        rest = [event.type async for event in events]
    # The answer that follows takes the reminder away.
    assert rest[-1] == "thread.item.done"


async def test_each_request_of_a_turn_is_reminded_of_anew(
    server: ConversationServer, context: RequestContext, provider: Scripted
) -> None:
    first, second = Silent(ADD), Silent(assistant_message("Done."))
    provider.model.extend([first.step, second.step])
    async with aclosing(answer(server, context)) as events:
        assert await reminded(events, 2) == [WAITING, STILL_WAITING]
        first.speak.set()
        while (await anext(events)).type != "thread.item.added":
            pass
        assert WAITING in await reminded(events, 2)
        second.speak.set()
        assert [event.type async for event in events][-1] == "thread.item.done"


async def test_a_turn_that_is_left_while_it_waits_leaves_no_reminder_behind(
    server: ConversationServer, context: RequestContext, provider: Scripted
) -> None:
    provider.model.extend([Silent().step])
    async with aclosing(answer(server, context)) as events:
        await reminded(events, 1)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_no_reminder_stands_beside_a_message(
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
        slow.go_on.set()
        rest = [await following, *[event async for event in events]]
    assert "progress_update" not in [event.type for event in rest]
