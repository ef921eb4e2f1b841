"""Forms in widgets: the values of their inputs come back in the action's payload."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from agents.testing import assistant_message
from chatkit.widgets import DynamicWidgetRoot
from pydantic import BaseModel

from chat_api.conversation.assistant import (
    ActionRequest,
    ActionResult,
    Assistant,
    ToolCall,
    Widget,
    WidgetAction,
)
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.wire import of_type, thread_of

FORM = {
    "type": "Card",
    "children": [
        {
            "type": "Form",
            "onSubmitAction": {"type": "trip.book", "payload": {"trip": "t1"}},
            "children": [
                {"type": "Input", "name": "guest.name"},
                {"type": "DatePicker", "name": "day"},
                {"type": "Checkbox", "name": "breakfast"},
                {"type": "Select", "name": "beds", "options": []},
                {"type": "Button", "label": "Book", "submit": True},
            ],
        }
    ],
}


class Guest(BaseModel):
    name: str


class Booking(BaseModel):
    """The payload of the form's action, and the values of its inputs by their names."""

    trip: str
    guest: Guest
    day: date
    breakfast: bool = False
    beds: int


class Bookings:
    def __init__(self) -> None:
        self.made: list[Booking] = []

    async def show(self, _calls: Sequence[ToolCall], _tools: Any) -> Widget:
        return Widget(DynamicWidgetRoot.model_validate(FORM), copy_text="A form")

    async def book(self, request: ActionRequest[Booking]) -> ActionResult:
        self.made.append(request.payload)
        booked = {"type": "Card", "children": [{"type": "Text", "value": "Booked."}]}
        widget = Widget(DynamicWidgetRoot.model_validate(booked), copy_text="Booked.")
        return ActionResult(widget, "Booked.", note="The user booked a trip.")


@pytest.fixture
def bookings() -> Bookings:
    return Bookings()


@pytest.fixture
def assistant(assistant: Assistant, bookings: Bookings) -> Assistant:
    book = WidgetAction(Booking, bookings.book)
    return replace(assistant, widgets=[bookings.show], actions={"trip.book": book})


async def submitted(chat: Chat, operation: str, **values: Any) -> tuple[str, Any]:
    """Show the form and submit these values; return the thread and the response."""
    chat.model.extend([[assistant_message("Here is the form.")]])
    thread = thread_of(await chat.say("I want to travel"))
    [form] = of_type(await chat.shown(thread), "widget")
    action = {"type": "trip.book", "payload": {"trip": "t1", **values}}
    answer = await chat.send(operation, thread_id=thread, item_id=form["id"], action=action)
    return thread, answer


@pytest.mark.parametrize("operation", ["threads.custom_action", "threads.sync_custom_action"])
async def test_values_arrive_with_their_types_and_the_new_widget_keeps_its_copy_text(
    chat: Chat, bookings: Bookings, operation: str
) -> None:
    values = {"guest": {"name": "Ann"}, "day": "2026-12-01", "breakfast": True, "beds": "2"}
    thread, answer = await submitted(chat, operation, **values)
    assert answer.status_code == 200
    [made] = bookings.made
    assert made == Booking(
        trip="t1", guest=Guest(name="Ann"), day=date(2026, 12, 1), breakfast=True, beds=2
    )
    [item] = of_type(await chat.shown(thread), "widget")
    assert item["copy_text"] == "Booked."


@pytest.mark.parametrize("values", [{}, {"guest": "Ann", "day": "soon", "beds": []}])
async def test_values_that_do_not_fit_are_refused_before_anything_is_done(
    chat: Chat, bookings: Bookings, values: dict[str, Any]
) -> None:
    thread, answer = await submitted(chat, "threads.custom_action", **values)
    assert answer.status_code == 400
    assert "does not fit" in answer.json()["message"]
    assert bookings.made == []
    [item] = of_type(await chat.shown(thread), "widget")
    assert item["copy_text"] == "A form"
