"""One failure is shown in one place, and said once to a screen reader."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.page.own_element import OwnElementPage


@pytest.fixture
def own(page: Page) -> OwnElementPage:
    return OwnElementPage(page)


def test_a_limit_is_shown_once_with_its_wait(own: OwnElementPage, user: str) -> None:
    own.chat(user)
    words = "You are sending messages too fast. Please wait 42 seconds."
    refusal = {"message": words, "code": "too_many_requests"}
    own.answers("/chatkit", 429, json=refusal, headers={"retry-after": "42"})
    own.count_notices()
    own.send("Hello")
    expect(own.notice(words)).to_be_visible()
    expect(own.page.get_by_text(re.compile(r"\b42 s"))).to_have_count(1)
    expect(own.composer).to_have_value("Hello")
    expect(own.alert).to_have_count(0)
    assert own.said() == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "You are not signed in"),
        (403, "The chat service refused your sign-in."),
        (409, "Not now."),
        (413, "Not now."),
        (503, "The chat service has a problem."),
    ],
)
def test_a_refused_message_is_shown_once(
    own: OwnElementPage, user: str, status: int, words: str
) -> None:
    own.chat(user)
    own.answers("/chatkit", status, status, json={"message": "Not now.", "code": "x"})
    own.send("Hello")
    expect(own.notice(words)).to_be_visible()
    expect(own.composer).to_have_value("Hello")
    expect(own.notices.locator("> div")).to_have_count(1)
    expect(own.alert).to_have_count(0)


def test_a_service_that_cannot_be_reached_is_shown_once(own: OwnElementPage, user: str) -> None:
    own.chat(user)
    own.page.route("**/chatkit", lambda route: route.abort("connectionrefused"))
    own.send("Hello")
    expect(own.notice("The chat service cannot be reached.")).to_be_visible()
    expect(own.composer).to_have_value("Hello")
    expect(own.alert).to_have_count(0)


def test_a_thread_that_cannot_be_read_is_said_once_for_all_its_requests(
    own: OwnElementPage, user: str
) -> None:
    own.chat(user)
    own.ask("Hello")
    asked = own.answers("/chatkit", 503, 503, json={})
    own.count_notices()
    own.element.evaluate("element => element.fetchUpdates()")
    expect(own.notice("The chat service has a problem.")).to_be_visible()
    assert len(asked) == 2
    assert own.said() == 1
    expect(own.alert).to_have_count(0)


def test_a_thread_that_is_gone_is_shown_once(own: OwnElementPage, user: str) -> None:
    own.chat(user)
    own.ask("Hello")
    own.answers("/chatkit", 404, 404, json={"message": "Thread not found"})
    own.element.evaluate("element => element.fetchUpdates()")
    expect(own.notice("This conversation is no longer there.")).to_be_visible()
    expect(own.page.get_by_text("no longer there")).to_have_count(1)


def test_an_error_within_an_answer_is_shown_where_the_answer_would_be(
    own: OwnElementPage, user: str
) -> None:
    own.chat(user)
    error = {"type": "error", "message": "The assistant is busy.", "allow_retry": True}
    own.answers(
        "/chatkit", 200, body=f"data: {json.dumps(error)}\n\n", content_type="text/event-stream"
    )
    own.send("Hello")
    expect(own.alert).to_contain_text("The assistant is busy.")
    expect(own.notices).to_be_empty()


def test_a_list_of_chats_that_cannot_be_read_is_shown_once(own: OwnElementPage, user: str) -> None:
    own.chat(user)
    own.answers("/chatkit", 503, json={"message": "No list today."})
    own.press("Chats")
    expect(own.notice("The chat service has a problem.")).to_be_visible()
    expect(own.alert).to_have_count(0)
    expect(own.page.get_by_text("There are no chats yet.")).to_have_count(0)
    own.page.get_by_role("navigation", name="Chats").get_by_role("button", name="Try again").click()
    expect(own.page.get_by_text("There are no chats yet.")).to_be_visible()
    expect(own.notices).to_be_empty()


def test_being_offline_is_said_once_whatever_is_tried(own: OwnElementPage, user: str) -> None:
    own.chat(user)
    own.count_notices()
    own.page.context.set_offline(True)
    expect(own.notice("You are offline")).to_be_visible()
    own.send("Hello")
    expect(own.composer).to_have_value("Hello")
    expect(own.alert).to_have_count(0)
    assert own.said() == 1
