"""The composer: writing, sending and stopping."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.system.page.open_client.chat import (
    THREAD,
    FakeServiceChat,
    added,
    assistant_message,
    delta,
    done,
)


def test_enter_sends_and_shift_enter_starts_a_new_line(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.composer.fill("one")
    chat.composer.press("Shift+Enter")
    chat.composer.press_sequentially("two")
    chat.composer.press("Enter")
    expect(chat.user_messages).to_have_text("one\ntwo", use_inner_text=True)
    expect(chat.composer).to_have_value("")
    assert chat.requested("threads.create") == [
        {
            "input": {
                "content": [{"type": "input_text", "text": "one\ntwo"}],
                "attachments": [],
                "inference_options": {},
            }
        }
    ]


# Key events of a composition: in most browsers, and in Safari for the key that ends it.
COMPOSED = [{"isComposing": True}, {"keyCode": 229}]


@pytest.mark.parametrize("mark", COMPOSED)
def test_enter_for_an_input_method_sends_nothing(
    chat: FakeServiceChat, mark: dict[str, Any]
) -> None:
    chat.mount()
    chat.composer.fill("日本")
    chat.composer.dispatch_event("keydown", key("Enter") | mark)
    expect(chat.composer).to_have_value("日本")
    expect(chat.user_messages).to_have_count(0)


@pytest.mark.parametrize("mark", COMPOSED)
def test_escape_for_an_input_method_stops_nothing(
    chat: FakeServiceChat, mark: dict[str, Any]
) -> None:
    chat.mount()
    chat.begin()
    chat.composer.dispatch_event("keydown", key("Escape") | mark)
    chat.events(added(assistant_message("")), delta("Still here"))
    expect(chat.answers).to_have_text("Still here")
    assert chat.page.evaluate("host.service.aborted") == 0


@pytest.mark.parametrize("mark", COMPOSED)
def test_escape_for_an_input_method_keeps_the_rename_form_open(
    chat: FakeServiceChat, mark: dict[str, Any]
) -> None:
    chat.answer_to("threads.list", {"data": [THREAD | {"title": "One"}], "has_more": False})
    chat.mount()
    chat.button("Chats").click()
    chat.button("Rename One").click()
    name = chat.page.get_by_role("textbox", name="Chat name")
    name.fill("日本")
    name.dispatch_event("keydown", key("Escape") | mark)
    expect(name).to_have_value("日本")


@pytest.mark.parametrize("mark", COMPOSED)
def test_escape_for_an_input_method_keeps_the_chat_list_open(
    chat: FakeServiceChat, mark: dict[str, Any]
) -> None:
    chat.mount()
    chat.button("Chats").click()
    chat.history.dispatch_event("keydown", key("Escape") | mark)
    expect(chat.history).to_be_visible()


def key(name: str) -> dict[str, Any]:
    return {"key": name, "bubbles": True, "cancelable": True}


def test_blank_message_is_not_sent(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.composer.fill("  \n ")
    expect(chat.button("Send")).to_be_disabled()
    chat.composer.press("Enter")
    expect(chat.user_messages).to_have_count(0)


def test_composer_grows_and_shrinks_with_its_text(chat: FakeServiceChat) -> None:
    chat.mount()
    low = chat.composer.bounding_box()
    chat.composer.fill("1\n2\n3\n4")
    high = chat.composer.bounding_box()
    chat.composer.fill("")
    again = chat.composer.bounding_box()
    assert low
    assert high
    assert again
    assert high["height"] > 2 * low["height"]
    assert again["height"] == low["height"]


def test_next_message_can_be_written_but_not_sent_during_an_answer(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin("one")
    chat.send("two")
    expect(chat.composer).to_have_value("two")
    assert chat.requested("threads.add_user_message") == []
    chat.events(done(assistant_message("Answer")))
    chat.end()
    chat.composer.press("Enter")
    expect(chat.user_messages).to_have_text(["one", "two"])


def test_escape_stops_the_answer(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(added(assistant_message("")), delta("So far"))
    expect(chat.answers).to_have_text("So far")
    chat.page.keyboard.press("Escape")
    chat.expect_idle()
    expect(chat.answers).to_have_text("So far")
    assert chat.page.evaluate("host.service.aborted") == 1
    expect(chat.alert).to_have_count(0)


def test_unstoppable_answer_cannot_be_stopped(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events({"type": "stream_options", "stream_options": {"allow_cancel": False}})
    expect(chat.button("Stop")).to_be_disabled()


def test_message_stopped_before_it_is_accepted_returns_to_the_composer(
    chat: FakeServiceChat,
) -> None:
    chat.mount()
    chat.send("Hello")
    chat.button("Stop").click()
    expect(chat.composer).to_have_value("Hello")
    expect(chat.user_messages).to_have_count(0)
    expect(chat.alert).to_have_count(0)


def test_start_screen_prompt_is_sent(chat: FakeServiceChat) -> None:
    prompts = [{"label": "Groceries", "prompt": "Add a task to buy groceries"}]
    chat.mount(startScreen={"greeting": "Good day!", "prompts": prompts})
    expect(chat.log).to_contain_text("Good day!")
    chat.button("Groceries").click()
    expect(chat.user_messages).to_have_text("Add a task to buy groceries")
    expect(chat.log).not_to_contain_text("Good day!")


def test_page_sets_the_texts(chat: FakeServiceChat) -> None:
    chat.mount(
        composer={"placeholder": "Ask away"},
        disclaimer={"text": "It *may* err."},
        header={"title": {"text": "Helper"}},
        frameTitle="Help desk",
    )
    expect(chat.page.get_by_placeholder("Ask away")).to_be_visible()
    expect(chat.page.locator(".foot em")).to_have_text("may")
    expect(chat.page.get_by_role("heading", name="Helper")).to_be_visible()
    expect(chat.page.get_by_role("region", name="Help desk")).to_be_visible()
