"""A failure is shown in one place and announced once to a screen reader."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.system.page.open_client_page import OpenClientPage


@pytest.fixture
def own(page: Page) -> OpenClientPage:
    return OpenClientPage(page)


def test_limit_is_shown_once_with_its_wait(own: OpenClientPage, user: str) -> None:
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
    assert own.announcements() == 1


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
def test_refused_message_is_shown_once(
    own: OpenClientPage, user: str, status: int, words: str
) -> None:
    own.chat(user)
    own.answers("/chatkit", status, status, json={"message": "Not now.", "code": "x"})
    own.send("Hello")
    expect(own.notice(words)).to_be_visible()
    expect(own.composer).to_have_value("Hello")
    expect(own.notices.locator("> div")).to_have_count(1)
    expect(own.alert).to_have_count(0)


def test_unreachable_service_is_shown_once(own: OpenClientPage, user: str) -> None:
    own.chat(user)
    own.page.route("**/chatkit", lambda route: route.abort("connectionrefused"))
    own.send("Hello")
    expect(own.notice("The chat service cannot be reached.")).to_be_visible()
    expect(own.composer).to_have_value("Hello")
    expect(own.alert).to_have_count(0)


def test_unreadable_thread_is_announced_once_for_all_its_requests(
    own: OpenClientPage, user: str
) -> None:
    own.chat(user)
    own.ask("Hello")
    asked = own.answers("/chatkit", 503, 503, json={})
    own.count_notices()
    own.element.evaluate("element => element.fetchUpdates()")
    expect(own.notice("The chat service has a problem.")).to_be_visible()
    assert len(asked) == 2
    assert own.announcements() == 1
    expect(own.alert).to_have_count(0)


def test_deleted_thread_is_shown_once(own: OpenClientPage, user: str) -> None:
    own.chat(user)
    own.ask("Hello")
    own.answers("/chatkit", 404, 404, json={"message": "Thread not found"})
    own.element.evaluate("element => element.fetchUpdates()")
    expect(own.notice("This conversation no longer exists.")).to_be_visible()
    expect(own.page.get_by_text("no longer exists")).to_have_count(1)


def test_error_within_an_answer_is_shown_in_the_thread(own: OpenClientPage, user: str) -> None:
    own.chat(user)
    error = {"type": "error", "message": "The assistant is busy.", "allow_retry": True}
    own.answers(
        "/chatkit", 200, body=f"data: {json.dumps(error)}\n\n", content_type="text/event-stream"
    )
    own.send("Hello")
    expect(own.alert).to_contain_text("The assistant is busy.")
    expect(own.notices).to_be_empty()


def test_unreadable_chat_list_is_shown_once(own: OpenClientPage, user: str) -> None:
    own.chat(user)
    own.answers("/chatkit", 503, json={"message": "No list today."})
    own.press("Chats")
    expect(own.notice("The chat service has a problem.")).to_be_visible()
    expect(own.alert).to_have_count(0)
    expect(own.page.get_by_text("There are no chats yet.")).to_have_count(0)
    own.page.get_by_role("navigation", name="Chats").get_by_role("button", name="Try again").click()
    expect(own.page.get_by_text("There are no chats yet.")).to_be_visible()
    expect(own.notices).to_be_empty()


def test_offline_is_announced_once_for_several_attempts(own: OpenClientPage, user: str) -> None:
    own.chat(user)
    own.count_notices()
    own.page.context.set_offline(True)
    expect(own.notice("You are offline")).to_be_visible()
    own.send("Hello")
    expect(own.composer).to_have_value("Hello")
    expect(own.alert).to_have_count(0)
    assert own.announcements() == 1
