"""Where focus moves when the page removes the focused element."""

import pytest
from playwright.sync_api import Page, expect

from tests.system.page.open_client_page import OpenClientPage


@pytest.fixture
def open_client(page: Page) -> OpenClientPage:
    return OpenClientPage(page)


def test_composer_has_focus_after_sign_in(open_client: OpenClientPage, user: str) -> None:
    open_client.open(user)
    expect(open_client.composer).to_be_focused()


def test_loading_the_page_does_not_move_focus(open_client: OpenClientPage, user: str) -> None:
    open_client.chat(user)
    open_client.page.reload()
    expect(open_client.composer).to_be_visible()
    expect(open_client.composer).not_to_be_focused()


def test_composer_has_focus_after_sign_in_from_a_notice(
    open_client: OpenClientPage, user: str
) -> None:
    open_client.page.goto("/?client=open")
    open_client.page.keyboard.press("Escape")
    open_client.button("Sign in").press("Enter")
    open_client.sign_in(user)
    expect(open_client.composer).to_be_focused()


@pytest.mark.parametrize("name", ["Dismiss", "Try now"])
def test_composer_has_focus_after_a_notice(
    open_client: OpenClientPage, user: str, name: str
) -> None:
    open_client.chat(user)
    open_client.page.evaluate("dispatchEvent(new Event('offline'))")
    open_client.button(name).press("Enter")
    expect(open_client.notices).to_be_empty()
    expect(open_client.composer).to_be_focused()


def test_button_has_focus_after_its_step_fails_again(
    open_client: OpenClientPage, user: str
) -> None:
    open_client.answers("/api/chatkit/session", 503, 503, json={})
    open_client.open(user)
    open_client.button("Try again").press("Enter")
    expect(open_client.button("Try again")).to_be_focused()


def test_focus_does_not_move_if_the_user_has_moved_it(
    open_client: OpenClientPage, user: str
) -> None:
    open_client.chat(user)
    open_client.page.evaluate("dispatchEvent(new Event('offline'))")
    open_client.page.evaluate(
        """() => {
            document.querySelector('[data-act=restart]').click();
            document.querySelector('#sign-out').focus();
        }"""
    )
    expect(open_client.composer).to_be_visible()
    expect(open_client.button("Sign out")).to_be_focused()
