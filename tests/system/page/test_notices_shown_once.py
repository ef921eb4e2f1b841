"""A failure is shown in one place and announced once to a screen reader."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.system.page.open_client_page import OpenClientPage

# Slow: only make test-all runs these.
pytestmark = pytest.mark.deep


@pytest.fixture
def open_client(page: Page) -> OpenClientPage:
    return OpenClientPage(page)


def test_limit_is_shown_once_with_its_wait(open_client: OpenClientPage, user: str) -> None:
    open_client.chat(user)
    words = "You are sending messages too fast. Please wait 42 seconds."
    refusal = {"message": words, "code": "too_many_requests"}
    open_client.answers("/chatkit", 429, json=refusal, headers={"retry-after": "42"})
    open_client.count_notices()
    open_client.send("Hello")
    expect(open_client.notice(words)).to_be_visible()
    expect(open_client.page.get_by_text(re.compile(r"\b42 s"))).to_have_count(1)
    expect(open_client.composer).to_have_value("Hello")
    expect(open_client.alert).to_have_count(0)
    assert open_client.announcements() == 1


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
    open_client: OpenClientPage, user: str, status: int, words: str
) -> None:
    open_client.chat(user)
    open_client.answers("/chatkit", status, status, json={"message": "Not now.", "code": "x"})
    open_client.send("Hello")
    expect(open_client.notice(words)).to_be_visible()
    expect(open_client.composer).to_have_value("Hello")
    expect(open_client.notices.locator("> div")).to_have_count(1)
    expect(open_client.alert).to_have_count(0)


def test_unreachable_service_is_shown_once(open_client: OpenClientPage, user: str) -> None:
    open_client.chat(user)
    open_client.page.route("**/chatkit", lambda route: route.abort("connectionrefused"))
    open_client.send("Hello")
    expect(open_client.notice("The chat service cannot be reached.")).to_be_visible()
    expect(open_client.composer).to_have_value("Hello")
    expect(open_client.alert).to_have_count(0)


def test_unreadable_thread_is_announced_once_for_all_its_requests(
    open_client: OpenClientPage, user: str
) -> None:
    open_client.chat(user)
    open_client.ask("Hello")
    asked = open_client.answers("/chatkit", 503, 503, json={})
    open_client.count_notices()
    open_client.element.evaluate("element => element.fetchUpdates()")
    expect(open_client.notice("The chat service has a problem.")).to_be_visible()
    assert len(asked) == 2
    assert open_client.announcements() == 1
    expect(open_client.alert).to_have_count(0)


def test_deleted_thread_is_shown_once(open_client: OpenClientPage, user: str) -> None:
    open_client.chat(user)
    open_client.ask("Hello")
    open_client.answers("/chatkit", 404, 404, json={"message": "Thread not found"})
    open_client.element.evaluate("element => element.fetchUpdates()")
    expect(open_client.notice("This conversation no longer exists.")).to_be_visible()
    expect(open_client.page.get_by_text("no longer exists")).to_have_count(1)


def test_error_within_an_answer_is_shown_in_the_thread(
    open_client: OpenClientPage, user: str
) -> None:
    open_client.chat(user)
    error = {"type": "error", "message": "The assistant is busy.", "allow_retry": True}
    open_client.answers(
        "/chatkit", 200, body=f"data: {json.dumps(error)}\n\n", content_type="text/event-stream"
    )
    open_client.send("Hello")
    expect(open_client.alert).to_contain_text("The assistant is busy.")
    expect(open_client.notices).to_be_empty()


def test_unreadable_chat_list_is_shown_once(open_client: OpenClientPage, user: str) -> None:
    open_client.chat(user)
    open_client.answers("/chatkit", 503, json={"message": "No list today."})
    open_client.press("Chats")
    expect(open_client.notice("The chat service has a problem.")).to_be_visible()
    expect(open_client.alert).to_have_count(0)
    expect(open_client.page.get_by_text("There are no chats yet.")).to_have_count(0)
    open_client.page.get_by_role("navigation", name="Chats").get_by_role(
        "button", name="Try again"
    ).click()
    expect(open_client.page.get_by_text("There are no chats yet.")).to_be_visible()
    expect(open_client.notices).to_be_empty()


def test_offline_is_announced_once_for_several_attempts(
    open_client: OpenClientPage, user: str
) -> None:
    open_client.chat(user)
    open_client.count_notices()
    open_client.page.context.set_offline(True)
    expect(open_client.notice("You are offline")).to_be_visible()
    open_client.send("Hello")
    expect(open_client.composer).to_have_value("Hello")
    expect(open_client.alert).to_have_count(0)
    assert open_client.announcements() == 1
