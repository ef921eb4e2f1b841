"""The texts and buttons of simple widgets."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.system.page.open_client.chat import (
    FakeServiceChat,
    assistant_message,
    done,
    item,
    user_message,
)


def widget(root: dict[str, Any]) -> dict[str, Any]:
    return item("widget", "wid_1", widget=root)


def text(value: str, **fields: Any) -> dict[str, Any]:
    return {"type": "Text", "value": value} | fields


def button(label: str, action: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": "Button", "label": label, "onClickAction": action} | fields


def shown(chat: FakeServiceChat, root: dict[str, Any], **options: Any) -> None:
    chat.stored(user_message("Hello"), widget(root))
    chat.mount(initialThread="thr_1", **options)
    expect(chat.page.get_by_role("article", name="Card")).to_be_visible()


def test_list_view_is_a_list(chat: FakeServiceChat) -> None:
    rows = [
        {"type": "ListViewItem", "children": [text("Groceries", lineThrough=True)]},
        {"type": "ListViewItem", "children": [text("Dentist"), {"type": "Badge", "label": "due"}]},
    ]
    shown(chat, {"type": "ListView", "status": {"text": "Your tasks"}, "children": rows})
    card = chat.page.get_by_role("article", name="Card")
    expect(card.get_by_role("listitem")).to_have_text(["Groceries", "Dentist" + "due"])
    expect(card).to_contain_text("Your tasks")


def test_card_shows_title_text_and_markdown(chat: FakeServiceChat) -> None:
    parts = [
        {"type": "Title", "value": "Groceries"},
        {"type": "Row", "children": [text("Due"), {"type": "Caption", "value": "tomorrow"}]},
        {"type": "Markdown", "value": "**Three** things"},
        {"type": "Divider"},
        {"type": "Image", "src": "https://example.com/i.png", "alt": "A basket"},
    ]
    shown(chat, {"type": "Card", "children": parts})
    card = chat.page.get_by_role("article", name="Card")
    expect(card.get_by_role("heading")).to_have_text("Groceries")
    expect(card.locator("strong")).to_have_text("Three")
    expect(card).to_contain_text("tomorrow")
    expect(card).to_contain_text("A basket")


def test_unknown_component_is_shown_as_text(chat: FakeServiceChat) -> None:
    parts = [
        {"type": "Hologram", "label": "Look", "children": [text("inside")]},
        {"type": "constructor", "value": "Odd"},
        {"type": "Transition", "children": text("One child")},
        {"type": "Chart", "data": [1, 2]},
    ]
    shown(chat, {"type": "Basic", "children": parts})
    for words in ("Look", "inside", "Odd", "One child"):
        expect(chat.page.get_by_text(words)).to_be_visible()


def test_button_label_is_not_repeated(chat: FakeServiceChat) -> None:
    card = {"type": "Card", "children": [button("Complete", {"type": "complete"})]}
    chat.mount()
    chat.begin()
    chat.events(done(assistant_message("Here it is")), done(widget(card)))
    chat.end()
    spoken = chat.page.locator(".visually-hidden[role=status]")
    expect(spoken).to_have_text("Here it is")
    paragraph = spoken.locator("p").element_handle()
    chat.button("Complete").click()
    chat.events(done(widget({"type": "Card", "children": [text("All done")]})))
    chat.end()
    expect(chat.page.get_by_text("All done")).to_be_visible()
    chat.expect_idle()
    assert paragraph.evaluate("paragraph => paragraph.isConnected")


def test_button_sends_its_action_for_its_item(chat: FakeServiceChat) -> None:
    action = {"type": "task.complete", "payload": {"id": "t1"}, "handler": "server"}
    shown(chat, {"type": "Card", "children": [button("Complete", action)]})
    chat.button("Complete").click()
    expect(chat.button("Stop")).to_be_visible()
    assert chat.requested("threads.custom_action") == [
        {
            "thread_id": "thr_1",
            "item_id": "wid_1",
            "action": {"type": "task.complete", "payload": {"id": "t1"}},
        }
    ]
    chat.events(done(widget({"type": "Card", "children": [text("All done", weight="bold")]})))
    chat.end()
    expect(chat.page.get_by_text("All done")).to_be_visible()
    expect(chat.page.get_by_role("button", name="Complete")).to_have_count(0)
    expect(chat.alert).to_have_count(0)


def test_answer_that_an_action_starts_follows_the_message_that_it_wrote(
    chat: FakeServiceChat,
) -> None:
    shown(chat, {"type": "Card", "children": [button("What first?", {"type": "first"})]})
    chat.button("What first?").click()
    asked = user_message("What should I do first?", "act_1")
    end = item("end_of_turn", "msg_end")
    chat.events(done(asked), done(assistant_message("Buy milk.")), done(end))
    chat.end()
    expect(chat.user_messages).to_have_text(["Hello", "What should I do first?"])
    expect(chat.answers).to_have_text("Buy milk.")
    expect(chat.alert).to_have_count(0)


@pytest.mark.parametrize("streamed", [True, False])
def test_failed_action_offers_no_retry(chat: FakeServiceChat, streamed: bool) -> None:
    if not streamed:
        refused = {"status": 409, "body": {"message": "Not now."}}
        chat.answer_to("threads.custom_action", refused)
    shown(chat, {"type": "Card", "children": [button("Complete", {"type": "complete"})]})
    chat.button("Complete").click()
    if streamed:
        chat.events({"type": "error", "message": "Not now.", "allow_retry": True})
        chat.end()
    expect(chat.alert).to_have_text("Not now.")
    expect(chat.button("Complete")).to_be_visible()


def test_card_confirm_and_cancel_are_buttons(chat: FakeServiceChat) -> None:
    confirm = {"label": "Delete all", "action": {"type": "delete"}}
    cancel = {"label": "Keep", "action": {"type": "keep"}}
    root = {"type": "Card", "children": [text("Sure?")], "confirm": confirm, "cancel": cancel}
    shown(chat, root)
    chat.button("Keep").click()
    expect(chat.button("Stop")).to_be_visible()
    assert chat.requested("threads.custom_action")[0]["action"] == {"type": "keep"}


def test_clickable_row_has_a_button(chat: FakeServiceChat) -> None:
    row = {"type": "ListViewItem", "children": [text("A")], "onClickAction": {"type": "open"}}
    shown(chat, {"type": "ListView", "children": [row]})
    chat.button("Choose").click()
    expect(chat.button("Stop")).to_be_visible()
    assert chat.requested("threads.custom_action")[0]["action"] == {"type": "open"}


def test_client_actions_go_to_the_page(chat: FakeServiceChat) -> None:
    action = {"type": "open_map", "payload": {"at": "here"}, "handler": "client"}
    root = {"type": "Card", "children": [button("Map", action)]}
    chat.stored(user_message("Hello"), widget(root))
    chat.page.evaluate(
        """host.mount({initialThread: 'thr_1', widgets: {
            onAction: async (action, item) => host.called.push([action.type, item.id])}})"""
    )
    chat.button("Map").click()
    assert chat.page.evaluate("host.called") == [["open_map", "wid_1"]]
    assert chat.requested("threads.custom_action") == []


def test_disabled_button_cannot_be_pressed(chat: FakeServiceChat) -> None:
    root = {"type": "Card", "children": [button("No", {"type": "no"}, disabled=True)]}
    shown(chat, root)
    expect(chat.button("No")).to_be_disabled()
