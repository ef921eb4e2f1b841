"""The page sends actions that belong to no widget, or to one."""

import pytest
from playwright.sync_api import Error, expect

from tests.system.page.open_client.chat import (
    FakeServiceChat,
    added,
    assistant_message,
    delta,
    done,
    item,
    user_message,
)

ACTION = {"type": "plan", "payload": {"day": "today"}}
WIDGET = item("widget", "wid_1", widget={"type": "Card", "children": []})


def test_action_needs_a_chat(chat: FakeServiceChat) -> None:
    chat.mount()
    with pytest.raises(Error, match="no chat yet"):
        chat.call("sendCustomAction", ACTION)


@pytest.mark.parametrize("widget", [None, "wid_1"])
def test_action_is_sent_with_or_without_its_widget(
    chat: FakeServiceChat, widget: str | None
) -> None:
    chat.stored(user_message("Hello"), WIDGET)
    chat.mount(initialThread="thr_1")
    expect(chat.page.get_by_role("article", name="Card")).to_have_count(1)
    chat.call_soon("sendCustomAction", ACTION, *([widget] if widget else []))
    expect(chat.button("Stop")).to_be_visible()
    assert chat.requested("threads.custom_action") == [
        {"thread_id": "thr_1", "item_id": widget, "action": ACTION}
    ]


def test_answer_to_an_action_streams_and_can_be_stopped(chat: FakeServiceChat) -> None:
    chat.stored(user_message("Hello"), assistant_message("Hello!", "msg_1"))
    chat.mount(initialThread="thr_1")
    chat.call_soon("sendCustomAction", ACTION)
    chat.events(added(assistant_message("")), delta("First, "))
    expect(chat.answers.last).to_have_text("First,")
    chat.events(delta("call the dentist"))
    expect(chat.answers.last).to_have_text("First, call the dentist")
    chat.button("Stop").click()
    chat.expect_idle()
    assert chat.page.evaluate("host.service.aborted") == 1
    expect(chat.answers.last).to_have_text("First, call the dentist")
    expect(chat.alert).to_have_count(0)


def test_action_during_an_answer_is_refused(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    with pytest.raises(Error, match="still being written"):
        chat.call("sendCustomAction", ACTION)
    chat.events(done(assistant_message("Hello")))
    chat.end()
    assert chat.requested("threads.custom_action") == []
