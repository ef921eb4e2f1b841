"""A draft is kept until it is sent."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.system.page.chat_page import hold
from tests.system.page.open_client_page import OpenClientPage

DRAFT = "Half a thought"


@pytest.fixture
def own(page: Page) -> OpenClientPage:
    return OpenClientPage(page)


@pytest.fixture
def refuse(own: OpenClientPage, user: str) -> Callable[[], None]:
    """Send a message. Calling the result refuses it."""
    own.chat(user)
    held: list[Route] = []
    own.page.route("**/chatkit", lambda route: held.append(route))
    with own.page.expect_request("**/chatkit"):
        own.send(DRAFT)
    own.page.unroute("**/chatkit")

    def answer() -> None:
        with own.page.expect_response("**/chatkit"):
            held[0].fulfill(status=429, json={}, headers={"retry-after": "3"})

    return answer


def drafts(own: OpenClientPage) -> str:
    texts: str = own.page.evaluate("Object.values({...sessionStorage}).join('')")
    return texts


def reload_by_a_notice(own: OpenClientPage) -> None:
    own.page.evaluate("dispatchEvent(new Event('offline'))")
    own.press("Try now")


def minimize_and_open(own: OpenClientPage) -> None:
    own.press("Minimize the chat")
    expect(own.element).to_have_count(0)
    own.press("Chat")
    expect(own.element).to_have_count(1)


def reload_the_page(own: OpenClientPage) -> None:
    own.page.reload()


def hide_and_show(own: OpenClientPage) -> None:
    own.page.locator("#chat").evaluate("chat => { chat.hidden = true }")
    expect(own.element).to_have_count(0)
    own.page.locator("#chat").evaluate("chat => { chat.hidden = false }")


@pytest.mark.parametrize(
    "leave", [reload_by_a_notice, minimize_and_open, reload_the_page, hide_and_show]
)
def test_draft_survives_a_new_element(
    own: OpenClientPage, user: str, leave: Callable[[OpenClientPage], None]
) -> None:
    own.chat(user)
    own.composer.fill(DRAFT)
    leave(own)
    expect(own.composer).to_have_value(DRAFT)


@pytest.mark.parametrize("leave", [reload_by_a_notice, minimize_and_open, reload_the_page])
def test_draft_survives_an_element_that_never_becomes_ready(
    own: OpenClientPage, user: str, leave: Callable[[OpenClientPage], None]
) -> None:
    own.chat(user)
    own.composer.fill(DRAFT)
    held: list[Route] = []
    own.page.route("**/style/*.css", lambda route: held.append(route))
    with own.page.expect_request("**/style/cards.css"):
        own.page.reload(wait_until="commit")
    own.page.unroute("**/style/*.css")
    leave(own)
    for route in held:
        route.continue_()
    expect(own.composer).to_have_value(DRAFT)


def test_refused_message_survives_try_again(own: OpenClientPage, user: str) -> None:
    own.chat(user)
    own.answers("/chatkit", 503, json={})
    own.send(DRAFT)
    own.press("Try again")
    expect(own.notices).to_be_empty()
    expect(own.composer).to_have_value(DRAFT)
    own.composer.press("Enter")
    expect(own.button("Answer again")).to_be_visible()
    expect(own.composer).to_have_value("")


def test_draft_survives_a_sign_in(own: OpenClientPage, user: str) -> None:
    own.chat(user)
    own.answers("/chatkit", 401, 401, json={})
    own.send(DRAFT)
    own.press("Sign in")
    own.sign_in(user)
    expect(own.composer).to_have_value(DRAFT)


def test_draft_is_not_shown_to_the_next_user(own: OpenClientPage, user: str) -> None:
    own.chat(user)
    own.answers("/chatkit", 401, 401, json={})
    own.send(DRAFT)
    own.press("Sign in")
    own.sign_in(f"{user}-2")
    expect(own.composer).to_have_value("")


def test_sign_out_deletes_the_draft(own: OpenClientPage, user: str) -> None:
    own.chat(user)
    own.composer.fill(DRAFT)
    own.press("Sign out")
    own.sign_in(user)
    expect(own.composer).to_have_value("")
    assert drafts(own) == ""


def test_sign_out_deletes_a_draft_not_shown_in_this_page(own: OpenClientPage, user: str) -> None:
    own.chat(user)
    own.composer.fill(DRAFT)
    own.page.route("**/api/chatkit/session", hold)
    own.page.reload()
    assert drafts(own) == DRAFT
    own.press("Sign out")
    own.page.get_by_label("Your name").wait_for()
    assert drafts(own) == ""


def test_draft_is_deleted_when_another_user_signs_in(own: OpenClientPage, user: str) -> None:
    own.chat(user)
    own.composer.fill(DRAFT)
    own.page.evaluate("user => localStorage.setItem('local-user', user)", f"{user}-2")
    own.page.reload()
    expect(own.composer).to_have_value("")
    assert drafts(own) == ""


def test_message_refused_while_the_chat_is_minimized_returns_to_the_composer(
    own: OpenClientPage, refuse: Callable[[], None]
) -> None:
    own.press("Minimize the chat")
    expect(own.element).to_have_count(0)
    refuse()
    own.press("Chat")
    expect(own.composer).to_have_value(DRAFT)


@pytest.mark.parametrize("leave", [reload_by_a_notice, minimize_and_open, hide_and_show])
def test_message_refused_after_the_chat_is_reopened_is_put_before_the_draft(
    own: OpenClientPage, refuse: Callable[[], None], leave: Callable[[OpenClientPage], None]
) -> None:
    leave(own)
    expect(own.composer).to_have_value("")
    own.composer.fill("And then?")
    refuse()
    expect(own.composer).to_have_value(f"{DRAFT}\nAnd then?")


def test_draft_stays_when_another_chat_is_opened(own: OpenClientPage, user: str) -> None:
    own.chat(user)
    own.ask("Hello")
    own.composer.fill(DRAFT)
    own.page.locator(".chat-bar").get_by_role("button", name="New chat").click()
    expect(own.page.get_by_text("What can I do for you?")).to_be_visible()
    expect(own.composer).to_have_value(DRAFT)


def test_suggestion_is_added_after_the_draft(own: OpenClientPage, user: str) -> None:
    own.chat(user)
    own.composer.fill(DRAFT)
    own.press("What is on my list?")
    expect(own.composer).to_have_value(f"{DRAFT}\nWhat is on my list?")
