"""Widgets that grow while they are streamed, and texts to copy."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.system.page.open_client.chat import (
    Event,
    FakeServiceChat,
    added,
    done,
    item,
    updated,
    user_message,
)

DELTA = "widget.streaming_text.value_delta"


def text(value: str, **fields: Any) -> dict[str, Any]:
    return {"type": "Text", "value": value} | fields


def card(*children: dict[str, Any], **fields: Any) -> Event:
    return item("widget", "wid_1", widget={"type": "Card", "children": list(children)}) | fields


def grown(component: str, delta: str, ends: bool = False) -> Event:
    return updated(DELTA, "wid_1", component_id=component, delta=delta, done=ends)


def test_texts_grow_in_place(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    markdown = {"type": "Markdown", "id": "m", "value": "", "streaming": True}
    start = card(text("", id="t", streaming=True), {"type": "Row", "children": [markdown]})
    chat.events(added(start))
    for word in ("One", " two"):
        chat.events(grown("t", word))
    first = chat.page.get_by_text("One two").element_handle()
    chat.events(grown("m", "All **of"), grown("m", " it**", ends=True), grown("t", " three", True))
    expect(chat.page.get_by_text("One two three")).to_be_visible()
    expect(chat.page.locator(".widget strong")).to_have_text("of it")
    assert first.evaluate("paragraph => paragraph.isConnected")
    expect(chat.page.locator(".progress")).to_have_count(0)


def test_field_keeps_its_value_while_a_text_grows(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    field = {"type": "Input", "name": "title", "placeholder": "What?"}
    chat.events(added(card(text("", id="t"), {"type": "Form", "children": [field]})))
    box = chat.page.get_by_label("What?")
    box.press_sequentially("Mi")
    chat.events(grown("t", "Growing"))
    expect(chat.page.get_by_text("Growing")).to_be_visible()
    box.press_sequentially("lk")
    expect(box).to_have_value("Milk")


def test_component_and_root_are_replaced(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(added(card(text("Milk", id="t"), text("Bread"))))
    shown = chat.page.locator(".widget")
    badge = {"type": "Badge", "label": "done", "id": "t"}
    chat.events(updated("widget.component.updated", "wid_1", component_id="t", component=badge))
    expect(shown.locator(".badge")).to_have_text("done")
    expect(shown).to_contain_text("Bread")
    root = {"type": "ListView", "children": [{"type": "ListViewItem", "children": [text("A")]}]}
    chat.events(updated("widget.root.updated", "wid_1", widget=root))
    expect(shown.get_by_role("listitem")).to_have_text("A")
    expect(shown).not_to_contain_text("Bread")


def test_stopped_widget_keeps_what_was_shown(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(added(card(text("", id="t"))), grown("t", "Half"))
    expect(chat.page.get_by_text("Half")).to_be_visible()
    chat.button("Stop").click()
    chat.expect_idle()
    expect(chat.page.get_by_text("Half")).to_be_visible()


def test_text_of_a_widget_is_copied(chat: FakeServiceChat) -> None:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.stored(user_message("Hello"), card(text("Milk"), copy_text="Buy milk"))
    chat.mount(initialThread="thr_1")
    shown = chat.page.get_by_role("article", name="Card")
    shown.get_by_role("button", name="Copy").click()
    expect(shown.get_by_role("status")).to_have_text("Copied")
    assert chat.page.evaluate("navigator.clipboard.readText()") == "Buy milk"


def test_copy_button_says_that_there_is_no_clipboard(chat: FakeServiceChat) -> None:
    chat.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    chat.stored(user_message("Hello"), card(text("Milk"), copy_text="Buy milk"))
    chat.mount(initialThread="thr_1")
    shown = chat.page.get_by_role("article", name="Card")
    shown.get_by_role("button", name="Copy").click()
    expect(shown.get_by_role("status")).to_have_text("The text could not be copied.")


@pytest.mark.parametrize("text_to_copy", [None, ""])
def test_widget_without_a_text_to_copy_has_no_button(
    chat: FakeServiceChat, text_to_copy: str | None
) -> None:
    chat.stored(user_message("Hello"), card(text("Milk"), copy_text=text_to_copy))
    chat.mount(initialThread="thr_1")
    expect(chat.page.get_by_text("Milk")).to_be_visible()
    expect(chat.button("Copy")).to_have_count(0)


def test_module_that_does_not_load_can_be_loaded_again(chat: FakeServiceChat, site: str) -> None:
    module = f"{site}/open-chatkit/rich/items/contents.js*"
    chat.page.route(module, lambda route: route.abort())
    chat.mount()
    chat.begin()
    chat.events(done(card(text("Milk"))))
    shown = chat.page.get_by_role("article", name="Card")
    expect(shown.get_by_role("alert")).to_have_text("This part of the chat could not be loaded.")
    chat.page.unroute(module)
    shown.get_by_role("button", name="Try again").click()
    expect(shown).to_have_text("Milk")
