"""The list of chats, beside the thread or over it, with the mouse and the keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.system.page.open_client.chat import FakeServiceChat, assistant_message, done

OPEN = {"type": "active"}
NARROW = {"width": 360, "height": 600}


def thread(number: int, title: str | None = None) -> dict[str, Any]:
    made = {"id": f"thr_{number}", "created_at": f"2026-11-{number + 1:02}T10:00:00Z"}
    return made | {"title": title or f"Chat {number}"}


def listed(chat: FakeServiceChat, *threads: dict[str, Any], after: str | None = None) -> None:
    page = {"data": threads, "has_more": after is not None, "after": after}
    chat.answer_to("threads.list", page)


def test_more_chats_load_on_demand(chat: FakeServiceChat) -> None:
    listed(chat, thread(9), thread(8), after="thr_8")
    chat.mount()
    chat.button("Chats").click()
    expect(chat.button("Rename Chat 8")).to_be_visible()
    # A chat that has moved down arrives twice and is shown once.
    listed(chat, thread(8), thread(7))
    chat.button("Show more").click()
    rows = chat.history.get_by_role("listitem")
    expect(rows).to_contain_text(["Chat 9", "Chat 8", "Chat 7"])
    expect(chat.button("Show more")).to_have_count(0)
    assert [each.get("after") for each in chat.requested("threads.list")] == [None, "thr_8"]


def test_untitled_chat_is_labeled_by_its_date(chat: FakeServiceChat) -> None:
    listed(chat, {"id": "thr_1", "created_at": "2026-11-02T10:00:00"})
    chat.mount(locale="de-DE")
    chat.button("Chats").click()
    expect(chat.history.get_by_role("listitem")).to_contain_text("Untitled chat")
    expect(chat.button("Delete Untitled chat from 02.11.2026, 10:00")).to_be_visible()


def test_open_chat_is_marked(chat: FakeServiceChat) -> None:
    listed(chat, thread(2), thread(1))
    chat.mount(initialThread="thr_1")
    chat.button("Chats").click()
    current = chat.history.locator("[aria-current=true]")
    expect(current).to_contain_text("Chat 1")
    chat.history.get_by_role("button", name="Chat 2").first.click()
    expect(current).to_contain_text("Chat 2")


@pytest.mark.parametrize("cancel_with", ["Escape", "Cancel"])
@pytest.mark.parametrize("button", ["Rename Chat 1", "Delete Chat 1"])
def test_row_form_can_be_canceled(chat: FakeServiceChat, button: str, cancel_with: str) -> None:
    listed(chat, thread(1))
    chat.mount()
    chat.button("Chats").click()
    chat.button(button).click()
    if cancel_with == "Escape":
        chat.page.keyboard.press("Escape")
    else:
        chat.button("Cancel").click()
    expect(chat.button(button)).to_be_visible()
    expect(chat.history.locator(".open")).to_be_focused()
    assert chat.requested("threads.update") + chat.requested("threads.delete") == []


def test_chat_cannot_get_an_empty_name(chat: FakeServiceChat) -> None:
    listed(chat, thread(1))
    chat.mount()
    chat.button("Chats").click()
    chat.button("Rename Chat 1").click()
    chat.page.get_by_role("textbox", name="Chat name").fill("   ")
    chat.page.keyboard.press("Enter")
    expect(chat.button("Save")).to_be_enabled()
    assert chat.requested("threads.update") == []


def test_renaming_keeps_focus_in_the_row(chat: FakeServiceChat) -> None:
    listed(chat, thread(2), thread(1))
    chat.mount()
    chat.button("Chats").click()
    chat.button("Rename Chat 1").click()
    chat.page.keyboard.type("Errands")
    chat.page.keyboard.press("Enter")
    expect(chat.history.locator(".open").last).to_be_focused()
    expect(chat.history.locator(".open").last).to_contain_text("Errands")
    assert chat.requested("threads.update") == [{"thread_id": "thr_1", "title": "Errands"}]


def test_history_works_with_the_keyboard(chat: FakeServiceChat) -> None:
    listed(chat, thread(2), thread(1))
    chat.mount()
    press = chat.page.keyboard.press
    chat.button("Chats").focus()
    press("Enter")
    expect(chat.button("Close the list of chats")).to_be_focused()
    expect(chat.history.get_by_role("listitem")).to_have_count(2)
    for _ in range(3):
        press("Tab")
    expect(chat.button("Delete Chat 2")).to_be_focused()
    press("Enter")
    press("Shift+Tab")
    press("Enter")
    expect(chat.history.get_by_role("listitem")).to_have_count(1)
    expect(chat.history.locator(".open")).to_be_focused()
    press("Escape")
    expect(chat.history).to_be_hidden()
    expect(chat.button("Chats")).to_be_focused()
    assert chat.requested("threads.delete") == [{"thread_id": "thr_2"}]


def test_focus_stays_in_the_list_after_the_last_chat_is_deleted(chat: FakeServiceChat) -> None:
    listed(chat, thread(1))
    chat.mount()
    chat.button("Chats").click()
    chat.button("Delete Chat 1").click()
    chat.button("Delete").click()
    expect(chat.button("Close the list of chats")).to_be_focused()


def test_wide_list_stays_open_beside_the_thread(chat: FakeServiceChat) -> None:
    listed(chat, thread(1))
    chat.mount()
    chat.button("Chats").click()
    chat.history.get_by_role("button", name="Chat 1").first.click()
    expect(chat.composer).to_be_focused()
    expect(chat.history).to_be_visible()


def test_narrow_list_closes_when_a_thread_is_opened(
    chat_with: Callable[..., FakeServiceChat],
) -> None:
    chat = chat_with(viewport=NARROW)
    listed(chat, thread(1))
    chat.mount()
    chat.button("Chats").click()
    expect(chat.composer).to_be_hidden()
    chat.history.get_by_role("button", name="Chat 1").first.click()
    expect(chat.history).to_be_hidden()
    expect(chat.composer).to_be_focused()


def test_open_list_shows_a_new_chat(chat: FakeServiceChat) -> None:
    listed(chat)
    chat.mount()
    chat.button("Chats").click()
    expect(chat.history).to_contain_text("There are no chats yet.")
    listed(chat, thread(1, "Groceries"))
    chat.begin()
    chat.events(done(assistant_message("Hello")))
    chat.end()
    expect(chat.history.locator("[aria-current=true]")).to_contain_text("Groceries")


def test_list_requested_before_a_deletion_does_not_restore_the_chat(
    chat: FakeServiceChat,
) -> None:
    listed(chat, thread(2), thread(1))
    chat.mount()
    chat.button("Chats").click()
    expect(chat.history.get_by_role("listitem")).to_have_count(2)
    chat.page.evaluate(
        """host.service.answers['threads.list'] = {
            later: new Promise((resolve) => (host.answerLater = resolve))}"""
    )
    chat.call_soon("showHistory")
    chat.button("Delete Chat 2").click()
    chat.button("Delete").click()
    expect(chat.history.get_by_role("listitem")).to_have_count(1)
    page = {"data": [thread(2), thread(1)], "has_more": False}
    chat.page.evaluate("(page) => host.answerLater(page)", page)
    chat.call("fetchUpdates")
    expect(chat.history.get_by_role("listitem")).to_have_count(1)


@pytest.mark.parametrize(("status", "shown"), [("locked", "Locked"), ("closed", "Closed")])
def test_chat_that_takes_no_messages_is_marked(
    chat: FakeServiceChat, status: str, shown: str
) -> None:
    listed(chat, thread(2) | {"status": {"type": status}}, thread(1) | {"status": OPEN})
    chat.mount()
    chat.button("Chats").click()
    rows = chat.history.get_by_role("listitem")
    expect(rows.nth(0)).to_contain_text(shown)
    expect(rows.nth(1)).to_contain_text("Chat 1")
    expect(rows.nth(1)).not_to_contain_text(shown)
