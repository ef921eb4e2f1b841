"""Threads and lists that fail to load can be loaded again."""

import pytest
from playwright.sync_api import expect

from tests.system.page.open_client.chat import FakeServiceChat, assistant_message, user_message


def test_failed_thread_load_can_be_retried(chat: FakeServiceChat) -> None:
    chat.answer_to("threads.get_by_id", {"status": 503, "body": {"message": "Not just now."}})
    chat.mount(initialThread="thr_1")
    expect(chat.alert).to_contain_text("Not just now.")
    chat.stored(user_message("Hello"), assistant_message("Hello!"))
    chat.button("Reload").click()
    expect(chat.answers).to_have_text("Hello!")
    expect(chat.alert).to_have_count(0)


def test_deleted_thread_is_replaced_by_a_new_one(chat: FakeServiceChat) -> None:
    chat.answer_to("threads.get_by_id", {"status": 404, "body": {"message": "Thread not found"}})
    chat.mount(initialThread="thr_1")
    expect(chat.log).to_contain_text("That chat no longer exists.")
    assert chat.dispatched("chatkit.thread.change")[-1] == {"threadId": None}
    chat.send("Hello")
    expect(chat.user_messages).to_have_text("Hello")
    assert len(chat.requested("threads.create")) == 1


def test_failed_chat_list_can_be_retried(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.answer_to("threads.list", {"status": 500, "body": {"message": "No list today."}})
    chat.button("Chats").click()
    expect(chat.history.get_by_role("alert")).to_have_text("No list today.")
    chat.answer_to("threads.list", {"data": [], "has_more": False})
    chat.button("Try again").click()
    expect(chat.history).to_contain_text("There are no chats yet.")


@pytest.mark.parametrize("operation", ["update", "delete"])
def test_refused_change_shows_an_error_in_the_row(chat: FakeServiceChat, operation: str) -> None:
    thread = {"id": "thr_1", "title": "Groceries", "created_at": "2026-11-20T10:00:00Z"}
    chat.answer_to("threads.list", {"data": [thread], "has_more": False})
    chat.answer_to(f"threads.{operation}", {"status": 400, "body": {"message": "Not that."}})
    chat.mount()
    chat.button("Chats").click()
    names = {"update": ("Rename Groceries", "Save"), "delete": ("Delete Groceries", "Delete")}
    for name in names[operation]:
        chat.button(name).click()
    expect(chat.history.get_by_role("alert")).to_have_text("Not that.")
    chat.button("Cancel").click()
    expect(chat.button("Rename Groceries")).to_be_visible()
