"""The options that the page gives OpenAI's element, and how the page mounts and replaces it."""

import pytest
from playwright.sync_api import expect

from tests.system.e2e.service import Stack
from tests.system.page.chat_page import ChatPage

# Slow: only make test-all runs these.
pytestmark = pytest.mark.deep


def test_element_gets_the_services_address_and_fetch(
    chat: ChatPage, stack: Stack, user: str
) -> None:
    chat.chat(user)
    assert chat.options()["api"] == {
        "url": f"{stack.address}/chatkit",
        "domainKey": "local-dev",
        "uploadStrategy": {"type": "two_phase"},
    }
    assert chat.evaluate("typeof it.api.fetch") == "function"


def test_history_can_be_renamed_and_deleted(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    assert chat.options()["history"] == {"enabled": True, "showDelete": True, "showRename": True}


def test_element_has_options_and_a_size_when_it_is_mounted(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    assert chat.evaluate("it.optionCallsWhenMounted") == 1
    size = chat.evaluate("it.size")
    assert size["width"] > 300
    assert size["height"] > 300


def test_reload_reopens_the_thread_only_for_its_user(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    assert chat.options()["initialThread"] is None
    thread = chat.send_message()["thread"]
    chat.page.reload()
    chat.element.wait_for()
    assert chat.options()["initialThread"] == thread
    chat.press("Sign out")
    chat.sign_in(f"{user}-2")
    chat.element.wait_for()
    assert chat.options()["initialThread"] is None
    chat.press("Sign out")
    chat.sign_in(user)
    chat.element.wait_for()
    assert chat.options()["initialThread"] == thread


def test_new_chat_starts_a_thread_and_forgets_the_old_one(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    chat.send_message()
    chat.press("New chat")
    assert chat.calls() == [["setThreadId", None]]
    chat.page.reload()
    chat.element.wait_for()
    assert chat.options()["initialThread"] is None


def test_suggestion_fills_the_composer_without_sending(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    chat.press("What is on my list?")
    expect(chat.element).to_have_js_property(
        "calls", [["setComposerValue", {"text": "What is on my list?"}]]
    )
    expect(chat.element).to_be_focused()
    assert "prompts" not in chat.options()["startScreen"]


def test_suggestions_are_shown_only_for_an_empty_conversation(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    suggestions = chat.page.get_by_role("group", name="Suggestions")
    expect(suggestions).to_be_visible()
    chat.send_message()
    expect(suggestions).to_be_hidden()
    chat.press("New chat")
    expect(suggestions).to_be_visible()


def test_minimizing_removes_the_element_from_the_page(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    thread = chat.send_message()["thread"]
    chat.press("Minimize the chat")
    expect(chat.element).to_have_count(0)
    expect(chat.page.get_by_role("button", name="Chat", exact=True)).to_be_focused()
    chat.press("Chat")
    expect(chat.element).to_have_count(1)
    assert chat.options()["initialThread"] == thread


def test_hidden_box_has_no_element(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    chat.page.locator("#chat").evaluate("chat => { chat.hidden = true }")
    expect(chat.element).to_have_count(0)
    chat.page.locator("#chat").evaluate("chat => { chat.hidden = false }")
    expect(chat.element).to_have_count(1)


def test_chat_fills_the_page_or_floats_in_the_corner(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    frame = chat.page.locator(".chat-frame")
    whole = frame.bounding_box()
    chat.press("Larger or smaller")
    small = frame.bounding_box()
    assert whole is not None
    assert small is not None
    assert whole["width"] == 1280
    assert small["width"] < 500
    expect(chat.element).to_have_count(1)


def test_theme_follows_the_system_until_the_user_chooses(chat: ChatPage, user: str) -> None:
    chat.page.emulate_media(color_scheme="dark")
    chat.chat(user)
    assert chat.options()["theme"]["colorScheme"] == "dark"
    chat.page.emulate_media(color_scheme="light")
    expect(chat.page.locator("#chat")).to_have_attribute("data-theme", "light")
    assert chat.options()["theme"]["colorScheme"] == "light"
    chat.press("Light or dark")
    assert chat.options()["theme"]["colorScheme"] == "dark"
    chat.page.reload()
    chat.element.wait_for()
    assert chat.options()["theme"]["colorScheme"] == "dark"


def test_changing_the_theme_keeps_the_thread(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    thread = chat.send_message()["thread"]
    chat.press("Light or dark")
    assert chat.options()["initialThread"] == thread
    assert chat.options()["api"]["url"].endswith("/chatkit")
