"""Where the focus goes when the page takes away what has it."""

import pytest
from playwright.sync_api import Page, expect

from tests.page.own_element import OwnElementPage


@pytest.fixture
def own(page: Page) -> OwnElementPage:
    return OwnElementPage(page)


def test_after_the_sign_in_the_composer_has_the_focus(own: OwnElementPage, user: str) -> None:
    own.open(user)
    expect(own.composer).to_be_focused()


def test_a_page_that_is_loaded_keeps_its_focus(own: OwnElementPage, user: str) -> None:
    own.chat(user)
    own.page.reload()
    expect(own.composer).to_be_visible()
    expect(own.composer).not_to_be_focused()


def test_after_a_sign_in_by_a_notice_the_composer_has_the_focus(
    own: OwnElementPage, user: str
) -> None:
    own.page.goto("/?client=open")
    own.page.keyboard.press("Escape")
    own.button("Sign in").press("Enter")
    own.sign_in(user)
    expect(own.composer).to_be_focused()


@pytest.mark.parametrize("name", ["Dismiss", "Try now"])
def test_after_a_notice_the_composer_has_the_focus(
    own: OwnElementPage, user: str, name: str
) -> None:
    own.chat(user)
    own.page.evaluate("dispatchEvent(new Event('offline'))")
    own.button(name).press("Enter")
    expect(own.notices).to_be_empty()
    expect(own.composer).to_be_focused()


def test_after_a_step_that_fails_again_its_button_has_the_focus(
    own: OwnElementPage, user: str
) -> None:
    own.answers("/api/chatkit/session", 503, 503, json={})
    own.open(user)
    own.button("Try again").press("Enter")
    expect(own.button("Try again")).to_be_focused()


def test_a_person_who_has_gone_on_is_not_called_back(own: OwnElementPage, user: str) -> None:
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
