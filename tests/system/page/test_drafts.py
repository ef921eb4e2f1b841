"""A draft is kept for its user until it is sent, or the user signs out or is another one."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.system.page.chat_page import hold
from tests.system.page.open_client_page import OpenClientPage

# Slow: only make test-all runs these.
pytestmark = pytest.mark.deep

DRAFT = "Half a thought"


@pytest.fixture
def open_client(page: Page) -> OpenClientPage:
    return OpenClientPage(page)


@pytest.fixture
def refuse(open_client: OpenClientPage, user: str) -> Callable[[], None]:
    """Send a message. Calling the result refuses it."""
    open_client.chat(user)
    held: list[Route] = []
    open_client.page.route("**/chatkit", lambda route: held.append(route))
    with open_client.page.expect_request("**/chatkit"):
        open_client.send(DRAFT)
    open_client.page.unroute("**/chatkit")

    def answer() -> None:
        with open_client.page.expect_response("**/chatkit"):
            held[0].fulfill(status=429, json={}, headers={"retry-after": "3"})

    return answer


def drafts(open_client: OpenClientPage) -> str:
    texts: str = open_client.page.evaluate("Object.values({...sessionStorage}).join('')")
    return texts


def reload_by_a_notice(open_client: OpenClientPage) -> None:
    open_client.page.evaluate("dispatchEvent(new Event('offline'))")
    open_client.press("Try now")


def minimize_and_open(open_client: OpenClientPage) -> None:
    open_client.press("Minimize the chat")
    expect(open_client.element).to_have_count(0)
    open_client.press("Chat")
    expect(open_client.element).to_have_count(1)


def reload_the_page(open_client: OpenClientPage) -> None:
    open_client.page.reload()


def hide_and_show(open_client: OpenClientPage) -> None:
    open_client.page.locator("#chat").evaluate("chat => { chat.hidden = true }")
    expect(open_client.element).to_have_count(0)
    open_client.page.locator("#chat").evaluate("chat => { chat.hidden = false }")


@pytest.mark.parametrize(
    "leave", [reload_by_a_notice, minimize_and_open, reload_the_page, hide_and_show]
)
def test_draft_survives_a_new_element(
    open_client: OpenClientPage, user: str, leave: Callable[[OpenClientPage], None]
) -> None:
    open_client.chat(user)
    open_client.composer.fill(DRAFT)
    leave(open_client)
    expect(open_client.composer).to_have_value(DRAFT)


@pytest.mark.parametrize("leave", [reload_by_a_notice, minimize_and_open, reload_the_page])
def test_draft_survives_an_element_that_never_becomes_ready(
    open_client: OpenClientPage, user: str, leave: Callable[[OpenClientPage], None]
) -> None:
    open_client.chat(user)
    open_client.composer.fill(DRAFT)
    held: list[Route] = []
    open_client.page.route("**/style/*.css", lambda route: held.append(route))
    with open_client.page.expect_request("**/style/cards.css"):
        open_client.page.reload(wait_until="commit")
    open_client.page.unroute("**/style/*.css")
    leave(open_client)
    for route in held:
        route.continue_()
    expect(open_client.composer).to_have_value(DRAFT)


def test_refused_message_survives_try_again(open_client: OpenClientPage, user: str) -> None:
    open_client.chat(user)
    open_client.answers("/chatkit", 503, json={})
    open_client.send(DRAFT)
    open_client.press("Try again")
    expect(open_client.notices).to_be_empty()
    expect(open_client.composer).to_have_value(DRAFT)
    open_client.composer.press("Enter")
    expect(open_client.button("Answer again")).to_be_visible()
    expect(open_client.composer).to_have_value("")


def test_draft_survives_a_sign_in(open_client: OpenClientPage, user: str) -> None:
    open_client.chat(user)
    open_client.answers("/chatkit", 401, 401, json={})
    open_client.send(DRAFT)
    open_client.press("Sign in")
    open_client.sign_in(user)
    expect(open_client.composer).to_have_value(DRAFT)


def test_draft_is_not_shown_to_the_next_user(open_client: OpenClientPage, user: str) -> None:
    open_client.chat(user)
    open_client.answers("/chatkit", 401, 401, json={})
    open_client.send(DRAFT)
    open_client.press("Sign in")
    open_client.sign_in(f"{user}-2")
    expect(open_client.composer).to_have_value("")


def test_sign_out_deletes_the_draft(open_client: OpenClientPage, user: str) -> None:
    open_client.chat(user)
    open_client.composer.fill(DRAFT)
    open_client.press("Sign out")
    open_client.sign_in(user)
    expect(open_client.composer).to_have_value("")
    assert drafts(open_client) == ""


def test_sign_out_deletes_a_draft_not_shown_in_this_page(
    open_client: OpenClientPage, user: str
) -> None:
    open_client.chat(user)
    open_client.composer.fill(DRAFT)
    open_client.page.route("**/api/chatkit/session", hold)
    open_client.page.reload()
    assert drafts(open_client) == DRAFT
    open_client.press("Sign out")
    open_client.page.get_by_label("Your name").wait_for()
    assert drafts(open_client) == ""


def test_draft_is_deleted_when_another_user_signs_in(
    open_client: OpenClientPage, user: str
) -> None:
    open_client.chat(user)
    open_client.composer.fill(DRAFT)
    open_client.page.evaluate("user => localStorage.setItem('local-user', user)", f"{user}-2")
    open_client.page.reload()
    expect(open_client.composer).to_have_value("")
    assert drafts(open_client) == ""


def test_message_refused_while_the_chat_is_minimized_returns_to_the_composer(
    open_client: OpenClientPage, refuse: Callable[[], None]
) -> None:
    open_client.press("Minimize the chat")
    expect(open_client.element).to_have_count(0)
    refuse()
    open_client.press("Chat")
    expect(open_client.composer).to_have_value(DRAFT)


@pytest.mark.parametrize("leave", [reload_by_a_notice, minimize_and_open, hide_and_show])
def test_message_refused_after_the_chat_is_reopened_is_put_before_the_draft(
    open_client: OpenClientPage, refuse: Callable[[], None], leave: Callable[[OpenClientPage], None]
) -> None:
    leave(open_client)
    expect(open_client.composer).to_have_value("")
    open_client.composer.fill("And then?")
    refuse()
    expect(open_client.composer).to_have_value(f"{DRAFT}\nAnd then?")


def test_draft_stays_when_another_chat_is_opened(open_client: OpenClientPage, user: str) -> None:
    open_client.chat(user)
    open_client.ask("Hello")
    open_client.composer.fill(DRAFT)
    open_client.page.locator(".chat-bar").get_by_role("button", name="New chat").click()
    expect(open_client.page.get_by_text("What can I do for you?")).to_be_visible()
    expect(open_client.composer).to_have_value(DRAFT)


def test_suggestion_is_added_after_the_draft(open_client: OpenClientPage, user: str) -> None:
    open_client.chat(user)
    open_client.composer.fill(DRAFT)
    open_client.press("What is on my list?")
    expect(open_client.composer).to_have_value(f"{DRAFT}\nWhat is on my list?")
