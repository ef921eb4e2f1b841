"""A locked or closed thread takes no messages and says why."""

import pytest
from playwright.sync_api import expect

from tests.system.page.open_client.chat import (
    THREAD,
    FakeServiceChat,
    assistant_message,
    done,
    user_message,
)

REASON = "A colleague looks into this and writes to you today."


@pytest.mark.parametrize("status", ["locked", "closed"])
def test_reason_is_shown_and_only_a_new_chat_takes_messages(
    chat: FakeServiceChat, status: str
) -> None:
    chat.stored(
        user_message("Hello"),
        assistant_message("Bye"),
        status={"type": status, "reason": REASON},
    )
    chat.mount(initialThread="thr_1", threadItemActions={"retry": True})
    expect(chat.page.get_by_text(REASON)).to_be_visible()
    expect(chat.composer).to_have_attribute("placeholder", f"This chat is {status}.")
    expect(chat.composer).not_to_be_editable()
    expect(chat.button("Send")).to_be_disabled()
    expect(chat.button("Answer again")).to_have_count(0)
    chat.button("New chat").click()
    expect(chat.page.get_by_text(REASON)).to_be_hidden()
    chat.send("Hello again")
    expect(chat.user_messages).to_have_text("Hello again")


def test_thread_that_closes_during_an_answer_keeps_the_draft(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.composer.fill("And then")
    status = {"type": "closed", "reason": REASON}
    chat.events(
        done(assistant_message("I pass this on.")),
        {"type": "thread.updated", "thread": THREAD | {"status": status}},
    )
    chat.end()
    expect(chat.page.get_by_role("status").filter(has_text=REASON)).to_be_visible()
    expect(chat.composer).to_have_value("And then")
    expect(chat.composer).not_to_be_editable()


def test_unlocked_thread_takes_messages_again(chat: FakeServiceChat) -> None:
    chat.stored(user_message("Hello"), status={"type": "locked"})
    chat.mount(initialThread="thr_1")
    expect(chat.composer).not_to_be_editable()
    chat.call_soon("sendCustomAction", {"type": "unlock"})
    expect(chat.button("Stop")).to_be_visible()
    chat.events({"type": "thread.updated", "thread": THREAD})
    chat.end()
    expect(chat.composer).to_be_editable()
