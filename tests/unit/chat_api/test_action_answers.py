"""Actions that start an answer, and actions that the page sends without a widget."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from agents import Agent
from agents.testing import ModelStep, assistant_message
from pydantic import BaseModel

from chat_api.conversation.action_outcomes import NOT_ASKED
from chat_api.conversation.assistant import (
    ActionRequest,
    ActionResult,
    Ask,
    Assistant,
    ClientTool,
    Widget,
    WidgetAction,
)
from chat_api.conversation.turn_context import TurnContext
from chat_api.store.aws_calls import StoreUnavailable
from chat_api.store.dynamo import DynamoStore
from chat_api.tools.toolset import Toolset
from chatcore.gate.limits import Limits
from tests.unit.chat_api.conftest import Namer
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_assistant import CARD
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.waiting_turns import TIME, give
from tests.unit.chat_api.wire import done, of_type, thread_of, types

NOTE = "The user pressed the button beside number 7."
DONE_CARD = replace(CARD, copy_text="done")


class Add(BaseModel):
    title: str


async def suggest(_request: ActionRequest[None]) -> ActionResult:
    return ActionResult(None, "", ask=Ask("What should I do first?"))


async def suggest_in_secret(_request: ActionRequest[None]) -> ActionResult:
    return ActionResult(None, "", ask=Ask("Name the most urgent task.", is_hidden=True))


async def add(request: ActionRequest[Add]) -> ActionResult:
    await request.tools.act("add_task", {"title": request.payload.title}, request.key)
    return ActionResult(DONE_CARD, "Added.", NOTE, ask=Ask("What next?"))


async def add_quietly(request: ActionRequest[Add]) -> ActionResult:
    answer = await request.tools.act("add_task", {"title": request.payload.title}, request.key)
    if answer.is_error:
        return ActionResult(None, "There is no room for it.", is_done=False)
    return ActionResult(None, f"“{request.payload.title}” was added.", NOTE)


async def mark(_request: ActionRequest[None]) -> ActionResult:
    return ActionResult(None, "It is marked.")


async def nothing_to_ask(_request: ActionRequest[None]) -> ActionResult:
    return ActionResult(None, "There is nothing to do.", is_done=False)


async def show_card(_calls: Any, _tools: Toolset) -> Widget:
    return CARD


ACTIONS: dict[str, WidgetAction[Any]] = {
    "suggest": WidgetAction[None](None, suggest, without_widget=True, starts_answer=True),
    "secret": WidgetAction[None](None, suggest_in_secret, without_widget=True, starts_answer=True),
    "add": WidgetAction(Add, add, starts_answer=True),
    "quiet": WidgetAction(Add, add_quietly, without_widget=True),
    "mark": WidgetAction[None](None, mark),
    "idle": WidgetAction[None](None, nothing_to_ask, without_widget=True, starts_answer=True),
    "undeclared": WidgetAction[None](None, suggest, without_widget=True),
}


@pytest.fixture
def assistant() -> Assistant:
    agent = Agent[TurnContext](name="assistant", instructions="Help.")

    clock = ClientTool("local_time", "Return the time.")
    return Assistant(agent, widgets=[show_card], actions=ACTIONS, client_tools=[clock])


@pytest.fixture
async def card(chat: Chat) -> tuple[str, str]:
    """Return a thread and its card."""
    chat.model.extend([[assistant_message("Hello.")]])
    events = await chat.say("Hi")
    [item] = of_type(done(events), "widget")
    return thread_of(events), item["id"]


async def act(
    chat: Chat,
    thread: str,
    kind: str,
    item: str | None = None,
    payload: Any = None,
    *,
    operation: str = "custom_action",
    user: str = "alice",
) -> Any:
    action = {"type": kind, "payload": payload}
    params = {"thread_id": thread, "item_id": item, "action": action}
    return await chat.send(f"threads.{operation}", user, **params)


async def test_action_of_the_page_asks_and_is_answered_in_a_turn(
    chat: Chat, card: tuple[str, str]
) -> None:
    chat.model.extend([[assistant_message("Buy milk.")]])
    answer = await act(chat, card[0], "suggest")
    assert answer.headers["x-chatkit-turn"].startswith("turn_")
    events = chat.events(answer)
    assert types(events)[:2] == ["stream_options", "thread.item.done"]
    kinds = ["user_message", "assistant_message", "widget", "end_of_turn"]
    assert types(done(events)) == kinds
    assert "What should I do first?" in str(chat.last_call.input)
    shown = await chat.items(card[0])
    assert shown[-2:] == [
        ("user_message", "What should I do first?"),
        ("assistant_message", "Buy milk."),
    ]
    assert "press" not in str(await chat.shown(card[0])) + answer.text


async def test_message_of_an_action_can_be_answered_again(
    chat: Chat, card: tuple[str, str]
) -> None:
    chat.model.extend([[assistant_message("Buy milk.")]])
    [asked] = of_type(done(chat.events(await act(chat, card[0], "suggest"))), "user_message")
    chat.model.extend([[assistant_message("Buy bread.")]])
    params = {"thread_id": card[0], "item_id": asked["id"]}
    await chat.send("threads.retry_after_item", **params)
    assert [text for _, text in await chat.items(card[0])] == [
        "Hi",
        "Hello.",
        "What should I do first?",
        "Buy bread.",
    ]


async def test_model_reads_a_hidden_message_and_the_person_does_not(
    chat: Chat, card: tuple[str, str]
) -> None:
    chat.model.extend([[assistant_message("Milk.")], [assistant_message("Sure.")]])
    answer = await act(chat, card[0], "secret")
    assert types(done(chat.events(answer))) == ["assistant_message", "widget", "end_of_turn"]
    assert "Name the most urgent task." in str(chat.last_call.input)
    await chat.say("Are you sure?", card[0])
    assert "Name the most urgent task." in str(chat.last_call.input)
    thread = await chat.send("threads.get_by_id", thread_id=card[0])
    shown = str(await chat.shown(card[0])) + thread.text + answer.text
    assert "Name the most urgent task." not in shown


async def test_failed_answer_to_a_hidden_message_offers_no_retry(
    chat: Chat, card: tuple[str, str]
) -> None:
    chat.model.extend([ModelStep(error=RuntimeError("hunter2"))])
    [error] = of_type(chat.events(await act(chat, card[0], "secret")), "error")
    assert error["allow_retry"] is False


async def test_hidden_message_names_no_thread(
    chat: Chat, card: tuple[str, str], namer: Namer
) -> None:
    namer.asked.clear()
    namer.title = "A title"
    chat.model.extend([[assistant_message("Milk.")]])
    await act(chat, card[0], "secret")
    assert namer.asked == []


async def test_change_and_answer_of_a_button_are_both_stored(
    chat: Chat, card: tuple[str, str], tool_function: ToolFunction
) -> None:
    chat.model.extend([[assistant_message("Take a break.")], [assistant_message("Yes.")]])
    events = chat.events(await act(chat, *with_item(card, "add"), {"title": "milk"}))
    assert types(events)[:3] == ["stream_options", "thread.item.replaced", "thread.item.done"]
    assert tool_function.titles("alice") == ["milk"]
    cards = of_type(await chat.shown(card[0]), "widget")
    assert cards[0]["copy_text"] == "done"
    given = str(chat.last_call.input)
    assert given.count(NOTE) == 1
    assert given.index(NOTE) < given.index("What next?")
    await chat.say("Really?", card[0])
    assert str(chat.last_call.input).count(NOTE) == 1


async def test_change_is_kept_and_reported_if_the_message_cannot_be_stored(
    chat: Chat,
    card: tuple[str, str],
    store: DynamoStore,
    tool_function: ToolFunction,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any) -> None:
        raise StoreUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(store, "add_thread_item", fail)
        answer = await act(chat, *with_item(card, "add"), {"title": "milk"})
    events = chat.events(answer, known=[card[1]])
    assert types(events) == ["stream_options", "thread.item.replaced", "notice"]
    assert events[1]["item"]["copy_text"] == "done"
    assert events[2]["message"] == f"Added. {NOT_ASKED}"
    assert tool_function.calls.count("add_task") == 1


async def test_request_that_joined_an_action_without_an_answer_ends_in_order(
    chat: Chat, card: tuple[str, str], assistant: Assistant
) -> None:
    sends = (act(chat, card[0], "idle"), act(chat, card[0], "idle"))
    for answer in await asyncio.gather(*sends):
        assert "error" not in types(chat.events(answer))


def with_item(card: tuple[str, str], kind: str) -> tuple[str, str, str]:
    return card[0], kind, card[1]


async def test_turn_that_an_action_began_can_wait_for_the_page(
    chat: Chat, card: tuple[str, str]
) -> None:
    chat.model.extend([[TIME], [assistant_message("It is noon.")]])
    events = chat.events(await act(chat, card[0], "suggest"))
    assert events[-1]["item"]["status"] == "pending"
    assert types(done(chat.events(await give(chat, card[0], "12:00"))))[0] == "assistant_message"


async def test_action_with_nothing_to_ask_says_so_and_uses_no_model(
    chat: Chat, card: tuple[str, str]
) -> None:
    events = chat.events(await act(chat, card[0], "idle"))
    assert types(events) == ["stream_options", "notice"]
    assert events[1]["message"] == "There is nothing to do."


async def test_answer_of_an_action_that_declares_none_is_left_out(
    chat: Chat, card: tuple[str, str], logged: list[dict[str, Any]]
) -> None:
    answer = await act(chat, card[0], "undeclared")
    assert types(chat.events(answer)) == ["stream_options"]
    assert "x-chatkit-turn" not in answer.headers
    assert "action_starts_no_answer" in [line["message"] for line in logged]


@pytest.mark.parametrize("operation", ["custom_action", "sync_custom_action"])
async def test_action_without_a_widget_acts_once_until_the_thread_goes_on(
    chat: Chat, card: tuple[str, str], tool_function: ToolFunction, operation: str
) -> None:
    for _ in range(2):
        answer = await act(chat, card[0], "quiet", None, {"title": "milk"}, operation=operation)
        assert answer.status_code == 200
        if operation == "custom_action":
            [notice] = of_type(chat.events(answer), "notice")
            assert (notice["level"], notice["message"]) == ("info", "“milk” was added.")
    assert tool_function.titles("alice") == ["milk"]
    chat.model.extend([[assistant_message("Good.")]])
    await chat.say("Good?", card[0])
    assert NOTE in str(chat.last_call.input)
    await act(chat, card[0], "quiet", None, {"title": "milk"}, operation=operation)
    assert tool_function.titles("alice") == ["milk", "milk"]


async def test_result_without_a_widget_leaves_it_as_it_is_and_shows_its_message(
    chat: Chat, card: tuple[str, str]
) -> None:
    before = await chat.shown(card[0])
    [replaced, notice] = chat.events(await act(chat, *with_item(card, "mark")))[1:]
    assert replaced["item"]["widget"] == of_type(before, "widget")[0]["widget"]
    assert (notice["level"], notice["message"]) == ("info", "It is marked.")
    at_once = await act(chat, *with_item(card, "mark"), operation="sync_custom_action")
    assert "It is marked." in str(at_once.json()["updated_item"]["widget"])
    assert await chat.shown(card[0]) == before


async def test_action_without_a_widget_that_is_not_done_gets_a_sentence(
    chat: Chat, card: tuple[str, str]
) -> None:
    refused = await act(chat, card[0], "quiet", None, {"title": ""}, operation="sync_custom_action")
    assert (refused.status_code, refused.json()["message"]) == (409, "There is no room for it.")


@pytest.mark.parametrize(
    ("kind", "item", "payload", "operation"),
    [
        ("add", None, {"title": "milk"}, "custom_action"),
        ("suggest", None, {"title": "milk"}, "custom_action"),
        ("quiet", None, None, "custom_action"),
        ("unknown", None, None, "custom_action"),
        ("suggest", None, None, "sync_custom_action"),
    ],
    ids=["needs a widget", "takes no payload", "needs a payload", "unknown", "needs a stream"],
)
async def test_action_that_is_not_declared_like_this_is_refused(
    chat: Chat,
    card: tuple[str, str],
    tool_function: ToolFunction,
    kind: str,
    item: str | None,
    payload: Any,
    operation: str,
) -> None:
    before = await chat.shown(card[0])
    answer = await act(chat, card[0], kind, item, payload, operation=operation)
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert await chat.shown(card[0]) == before
    assert tool_function.calls == []


@pytest.mark.parametrize("kind", ["suggest", "quiet"])
async def test_action_in_another_users_or_a_missing_thread_gets_404(
    chat: Chat, card: tuple[str, str], tool_function: ToolFunction, kind: str
) -> None:
    payload = {"title": "milk"} if kind == "quiet" else None
    for thread, user in ((card[0], "bob"), ("thr_missing", "alice")):
        answer = await act(chat, thread, kind, None, payload, user=user)
        assert answer.status_code == 404
    assert tool_function.calls == []


async def test_tools_that_are_out_of_reach_end_the_action_before_the_answer(
    chat: Chat, card: tuple[str, str], tool_function: ToolFunction
) -> None:
    tool_function.broken = True
    events = chat.events(await act(chat, *with_item(card, "add"), {"title": "milk"}))
    assert types(events) == ["stream_options", "error"]
    assert [kind for kind, _ in await chat.items(card[0])] == ["user_message", "assistant_message"]


class TestLimits:
    @pytest.fixture
    def limits(self) -> Limits:
        return Limits(user_per_minute=2)

    async def test_action_that_starts_an_answer_counts_as_a_message(
        self, chat: Chat, card: tuple[str, str], tool_function: ToolFunction
    ) -> None:
        chat.model.extend([[assistant_message("Buy milk.")]])
        await act(chat, card[0], "suggest")
        answer = await act(chat, card[0], "suggest")
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        assert len(of_type(await chat.shown(card[0]), "user_message")) == 2
