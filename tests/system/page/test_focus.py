"""Where focus goes when the page removes the focused element."""

import pytest
from playwright.sync_api import Page, expect

from tests.system.page.open_client_page import OpenClientPage


@pytest.fixture
def own(page: Page) -> OpenClientPage:
    return OpenClientPage(page)


def test_composer_has_focus_after_sign_in(own: OpenClientPage, user: str) -> None:
    own.open(user)
    expect(own.composer).to_be_focused()


def test_loading_the_page_does_not_move_focus(own: OpenClientPage, user: str) -> None:
    own.chat(user)
    own.page.reload()
    expect(own.composer).to_be_visible()
    expect(own.composer).not_to_be_focused()


def test_composer_has_focus_after_sign_in_from_a_notice(own: OpenClientPage, user: str) -> None:
    own.page.goto("/?client=open")
    own.page.keyboard.press("Escape")
    own.button("Sign in").press("Enter")
    own.sign_in(user)
    expect(own.composer).to_be_focused()


@pytest.mark.parametrize("name", ["Dismiss", "Try now"])
def test_composer_has_focus_after_a_notice(own: OpenClientPage, user: str, name: str) -> None:
    own.chat(user)
    own.page.evaluate("dispatchEvent(new Event('offline'))")
    own.button(name).press("Enter")
    expect(own.notices).to_be_empty()
    expect(own.composer).to_be_focused()


def test_button_has_focus_after_its_step_fails_again(own: OpenClientPage, user: str) -> None:
    own.answers("/api/chatkit/session", 503, 503, json={})
    own.open(user)
    own.button("Try again").press("Enter")
    expect(own.button("Try again")).to_be_focused()


def test_focus_does_not_move_if_the_user_has_moved_it(own: OpenClientPage, user: str) -> None:
    own.chat(user)
    own.page.evaluate("dispatchEvent(new Event('offline'))")
    own.page.evaluate(
        """() => {
            document.querySelector('[data-act=restart]').click();
            document.querySelector('#sign-out').focus();
        }"""
    )
    expect(own.composer).to_be_visible()
    expect(own.button("Sign out")).to_be_focused()
