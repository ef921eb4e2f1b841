"""What a person has written is there until it is sent."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.page.chat_page import hold
from tests.page.own_element import OwnElementPage

DRAFT = "Half a thought"


@pytest.fixture
def own(page: Page) -> OwnElementPage:
    return OwnElementPage(page)


@pytest.fixture
def refuse(own: OwnElementPage, user: str) -> Callable[[], None]:
    """Send a message, and refuse it when this is called."""
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


def drafts(own: OwnElementPage) -> str:
    kept: str = own.page.evaluate("Object.values({...sessionStorage}).join('')")
    return kept


def reload_by_a_notice(own: OwnElementPage) -> None:
    own.page.evaluate("dispatchEvent(new Event('offline'))")
    own.press("Try now")


def minimize_and_open(own: OwnElementPage) -> None:
    own.press("Minimise the chat")
    expect(own.element).to_have_count(0)
    own.press("Chat")
    expect(own.element).to_have_count(1)


def reload_the_page(own: OwnElementPage) -> None:
    own.page.reload()


def hide_and_show(own: OwnElementPage) -> None:
    own.page.locator("#chat").evaluate("chat => { chat.hidden = true }")
    expect(own.element).to_have_count(0)
    own.page.locator("#chat").evaluate("chat => { chat.hidden = false }")


@pytest.mark.parametrize(
    "leave", [reload_by_a_notice, minimize_and_open, reload_the_page, hide_and_show]
)
def test_a_draft_outlives_the_element(
    own: OwnElementPage, user: str, leave: Callable[[OwnElementPage], None]
) -> None:
    own.chat(user)
    own.composer.fill(DRAFT)
    leave(own)
    expect(own.composer).to_have_value(DRAFT)


@pytest.mark.parametrize("leave", [reload_by_a_notice, minimize_and_open, reload_the_page])
def test_a_draft_outlives_an_element_that_was_never_ready(
    own: OwnElementPage, user: str, leave: Callable[[OwnElementPage], None]
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


def test_a_refused_message_outlives_try_again(own: OwnElementPage, user: str) -> None:
    own.chat(user)
    own.answers("/chatkit", 503, json={})
    own.send(DRAFT)
    own.press("Try again")
    expect(own.notices).to_be_empty()
    expect(own.composer).to_have_value(DRAFT)
    own.composer.press("Enter")
    expect(own.button("Answer again")).to_be_visible()
    expect(own.composer).to_have_value("")


def test_a_draft_outlives_a_sign_in(own: OwnElementPage, user: str) -> None:
    own.chat(user)
    own.answers("/chatkit", 401, 401, json={})
    own.send(DRAFT)
    own.press("Sign in")
    own.sign_in(user)
    expect(own.composer).to_have_value(DRAFT)


def test_a_draft_is_not_shown_to_the_next_person(own: OwnElementPage, user: str) -> None:
    own.chat(user)
    own.answers("/chatkit", 401, 401, json={})
    own.send(DRAFT)
    own.press("Sign in")
    own.sign_in(f"{user}-2")
    expect(own.composer).to_have_value("")


def test_a_sign_out_forgets_the_draft(own: OwnElementPage, user: str) -> None:
    own.chat(user)
    own.composer.fill(DRAFT)
    own.press("Sign out")
    own.sign_in(user)
    expect(own.composer).to_have_value("")
    assert drafts(own) == ""


def test_a_sign_out_forgets_a_draft_that_this_page_has_not_shown(
    own: OwnElementPage, user: str
) -> None:
    own.chat(user)
    own.composer.fill(DRAFT)
    own.page.route("**/api/chatkit/session", hold)
    own.page.reload()
    assert drafts(own) == DRAFT
    own.press("Sign out")
    own.page.get_by_label("Your name").wait_for()
    assert drafts(own) == ""


def test_the_draft_of_one_person_is_forgotten_when_another_comes(
    own: OwnElementPage, user: str
) -> None:
    own.chat(user)
    own.composer.fill(DRAFT)
    own.page.evaluate("user => localStorage.setItem('local-user', user)", f"{user}-2")
    own.page.reload()
    expect(own.composer).to_have_value("")
    assert drafts(own) == ""


def test_a_message_that_is_refused_while_the_chat_is_minimized_comes_back(
    own: OwnElementPage, refuse: Callable[[], None]
) -> None:
    own.press("Minimise the chat")
    expect(own.element).to_have_count(0)
    refuse()
    own.press("Chat")
    expect(own.composer).to_have_value(DRAFT)


@pytest.mark.parametrize("leave", [reload_by_a_notice, minimize_and_open, hide_and_show])
def test_a_message_that_is_refused_after_the_chat_is_opened_again_comes_before_the_draft(
    own: OwnElementPage, refuse: Callable[[], None], leave: Callable[[OwnElementPage], None]
) -> None:
    leave(own)
    expect(own.composer).to_have_value("")
    own.composer.fill("And then?")
    refuse()
    expect(own.composer).to_have_value(f"{DRAFT}\nAnd then?")


def test_a_draft_stays_when_another_chat_is_opened(own: OwnElementPage, user: str) -> None:
    own.chat(user)
    own.ask("Hello")
    own.composer.fill(DRAFT)
    own.page.locator(".chat-bar").get_by_role("button", name="New chat").click()
    expect(own.page.get_by_text("What can I do for you?")).to_be_visible()
    expect(own.composer).to_have_value(DRAFT)


def test_a_suggestion_comes_behind_the_draft(own: OwnElementPage, user: str) -> None:
    own.chat(user)
    own.composer.fill(DRAFT)
    own.press("What is on my list?")
    expect(own.composer).to_have_value(f"{DRAFT}\nWhat is on my list?")
