"""Feedback on a complete answer: sent, shown again, replaced, and restored if that fails."""

from typing import Any

from playwright.sync_api import Locator, expect

from tests.system.page.browser import wait_in
from tests.system.page.open_client.chat import (
    FakeServiceChat,
    assistant_message,
    done,
    item,
    user_message,
)

OPTIONS: dict[str, Any] = {"threadItemActions": {"feedback": True}}
ITEMS = user_message("Hello"), assistant_message("Hello!")
RATED = {"thread_id": "thr_1", "item_ids": ["msg_end"]}


def end(**fields: Any) -> dict[str, Any]:
    return item("end_of_turn", "msg_end", **fields)


def shown(chat: FakeServiceChat, **fields: Any) -> tuple[Locator, Locator]:
    """Show a stored answer with its end, and return both of its buttons."""
    chat.stored(*ITEMS, end(**fields))
    chat.answer_to("items.feedback", {})
    chat.mount(initialThread="thr_1", **OPTIONS)
    return chat.button("Good answer"), chat.button("Bad answer")


def expect_pressed(button: Locator, pressed: bool) -> None:
    expect(button).to_have_attribute("aria-pressed", str(pressed).lower())


def test_buttons_appear_when_an_answer_is_complete(chat: FakeServiceChat) -> None:
    chat.mount(**OPTIONS)
    chat.begin()
    chat.events(done(assistant_message("Hello!")))
    expect(chat.answers).to_have_text("Hello!")
    expect(chat.button("Good answer")).to_have_count(0)
    chat.events(done(end()))
    chat.end()
    expect(chat.button("Good answer")).to_be_visible()


def test_feedback_is_sent_and_the_other_one_replaces_it(chat: FakeServiceChat) -> None:
    good, bad = shown(chat)
    good.click()
    expect_pressed(good, True)
    bad.focus()
    bad.press("Enter")
    expect_pressed(bad, True)
    expect_pressed(good, False)
    expect(bad).to_be_focused()
    wait_in(chat.page, "host.service.requested.at(-1).params.kind === 'negative'")
    rated = [RATED | {"kind": kind} for kind in ("positive", "negative")]
    assert chat.requested("items.feedback") == rated


def test_stored_feedback_is_shown_again(chat: FakeServiceChat) -> None:
    good, bad = shown(chat, feedback="negative")
    expect_pressed(bad, True)
    expect_pressed(good, False)
    bad.click()
    good.click()
    expect_pressed(good, True)
    wait_in(chat.page, "host.service.requested.at(-1).type === 'items.feedback'")
    assert chat.requested("items.feedback") == [RATED | {"kind": "positive"}]


def test_failed_feedback_is_taken_back_and_can_be_repeated(chat: FakeServiceChat) -> None:
    good, bad = shown(chat, feedback="positive")
    chat.answer_once("items.feedback", {"status": 503, "body": {"message": "Not now."}})
    bad.click()
    group = chat.page.get_by_role("group", name="Rate this answer")
    expect(group.get_by_role("status")).to_have_text(
        "Your rating could not be sent. Please try again."
    )
    expect_pressed(good, True)
    bad.click()
    expect_pressed(bad, True)
    expect(group.get_by_role("status")).to_have_text("")


def test_page_that_asks_for_no_feedback_shows_no_buttons(chat: FakeServiceChat) -> None:
    chat.stored(*ITEMS, end())
    chat.mount(initialThread="thr_1")
    expect(chat.answers).to_have_text("Hello!")
    expect(chat.page.get_by_role("group", name="Rate this answer")).to_have_count(0)
