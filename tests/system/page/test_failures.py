"""Failures are shown in the live region, with a next step."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.system.page.chat_page import SCRIPT, ChatPage, hold

# Slow: only make test-all runs these.
pytestmark = pytest.mark.deep

LIST = "it.request('threads.list', {}).catch((error) => error.name)"
OPEN = "open-chatkit"


def test_notices_are_in_a_live_region(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    expect(chat.notices).to_have_attribute("aria-live", "polite")


def test_blocked_script_shows_a_notice_and_the_open_client(chat: ChatPage, user: str) -> None:
    chat.page.route(SCRIPT, lambda route: route.abort("blockedbyclient"))
    chat.open(user)
    expect(chat.notice("is blocked or cannot be reached")).to_be_visible()
    expect(chat.page.locator(OPEN)).to_have_count(1)


def test_official_element_returns_when_the_script_loads_again(chat: ChatPage, user: str) -> None:
    chat.answers("/deployments/chatkit/chatkit.js", 503)
    chat.open(user)
    expect(chat.page.locator(OPEN)).to_have_count(1)
    chat.page.unroute("**/deployments/chatkit/chatkit.js")
    chat.press("Try again")
    expect(chat.element).to_have_count(1)
    expect(chat.page.locator(OPEN)).to_have_count(0)
    expect(chat.notices).to_be_empty()


def test_script_that_never_loads_shows_a_notice_within_8_seconds(chat: ChatPage, user: str) -> None:
    chat.page.clock.install()
    chat.page.route(SCRIPT, hold)
    with chat.page.expect_request(SCRIPT):
        chat.open(user)
    chat.page.clock.fast_forward(8000)
    expect(chat.notice("is blocked or cannot be reached")).to_be_visible()
    expect(chat.page.locator(OPEN)).to_have_count(1)


def test_undefined_element_shows_its_own_notice(chat: ChatPage, user: str) -> None:
    chat.page.clock.install()
    body = "console.log('loaded')"
    chat.page.route(SCRIPT, lambda route: route.fulfill(content_type="text/javascript", body=body))
    # The script's code and its load event run in one browser task, so the clock moves after both.
    with chat.page.expect_console_message(lambda message: message.text == "loaded"):
        chat.open(user)
    chat.page.clock.fast_forward(8000)
    expect(chat.notice("loaded but did not start")).to_be_visible()
    expect(chat.page.locator(OPEN)).to_have_count(1)


def test_element_that_never_becomes_ready_shows_a_notice(chat: ChatPage, user: str) -> None:
    chat.page.clock.install()
    chat.page.add_init_script("window.staysSilent = true")
    chat.chat(user)
    chat.page.clock.fast_forward(8000)
    expect(chat.notice("is not responding")).to_be_visible()
    chat.press("Use a simpler one")
    expect(chat.page.locator(OPEN)).to_have_count(1)


def test_missing_open_client_shows_a_notice(chat: ChatPage, user: str) -> None:
    chat.page.route(SCRIPT, lambda route: route.abort())
    chat.answers("/open-chatkit/open-chatkit.js", 503)
    chat.open(user)
    expect(chat.notice("could not be loaded")).to_be_visible()
    expect(chat.page.get_by_role("button", name="Try again")).to_be_enabled()


def test_error_of_the_element_shows_a_notice(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    chat.evaluate("it.fail()")
    chat.press("Reload the chat")
    expect(chat.notices).to_be_empty()
    expect(chat.element).to_have_count(1)


def test_signed_out_user_gets_a_sign_in_button(chat: ChatPage, user: str) -> None:
    chat.page.goto("/")
    chat.page.keyboard.press("Escape")
    expect(chat.notice("You are not signed in")).to_be_visible()
    chat.press("Sign in")
    chat.sign_in(user)
    expect(chat.element).to_have_count(1)
    expect(chat.notices).to_be_empty()


def test_login_refused_by_the_service_gets_a_sign_in_button(chat: ChatPage, user: str) -> None:
    chat.answers("/api/chatkit/session", 401, json={"message": "Log in."})
    chat.open(user)
    expect(chat.notice("You are not signed in")).to_be_visible()
    chat.press("Sign in")
    chat.sign_in(user)
    expect(chat.element).to_have_count(1)


def test_refused_session_shows_a_notice(chat: ChatPage, user: str) -> None:
    chat.answers("/api/chatkit/session", 403, json={"message": "No."})
    chat.open(user)
    expect(chat.notice("refused your sign-in")).to_be_visible()
    expect(chat.page.get_by_role("button", name="Sign in again")).to_be_visible()


def test_limit_shows_the_services_message_until_it_ends(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    chat.stop_clock()
    refusal = {"message": "You are too fast. Please wait 12 seconds.", "code": "too_many_requests"}
    chat.answers("/chatkit", 429, json=refusal, headers={"retry-after": "12"})
    assert chat.send_message()["status"] == 429
    notice = chat.notice(refusal["message"])
    expect(notice.get_by_text("You can try again")).to_be_hidden()
    expect(notice.get_by_role("button", name="Try again")).to_be_disabled()
    chat.page.clock.run_for(12_000)
    expect(notice.get_by_text("You can try again now.")).to_be_visible()
    expect(notice.get_by_role("button", name="Try again")).to_be_enabled()


@pytest.mark.parametrize(
    "refusal",
    [{"json": {}, "headers": {"retry-after": "12"}}, {"json": {"message": "Too Many Requests"}}],
)
def test_limit_without_a_message_shows_a_countdown(
    chat: ChatPage, user: str, refusal: dict[str, Any]
) -> None:
    chat.chat(user)
    chat.stop_clock()
    chat.answers("/chatkit", 429, **refusal)
    wait = 12 if "headers" in refusal else 10
    assert chat.send_message()["status"] == 429
    notice = chat.notice("Too many messages.")
    expect(notice).to_contain_text(f"You can try again in {wait} s.")
    expect(notice.get_by_role("button", name="Try again")).to_be_disabled()
    chat.page.clock.run_for(5000)
    expect(notice).to_contain_text(f"You can try again in {wait - 5} s.")
    chat.page.clock.run_for(1000 * (wait - 5))
    expect(notice.get_by_text("You can try again now.")).to_be_visible()
    notice.get_by_role("button", name="Try again").click()
    expect(chat.notices).to_be_empty()
    expect(chat.element).to_have_count(1)


def test_session_limit_shows_a_notice(chat: ChatPage, user: str) -> None:
    chat.answers("/api/chatkit/session", 429, json={}, headers={"retry-after": "3"})
    chat.page.goto("/")
    chat.stop_clock()
    chat.sign_in(user)
    expect(chat.notice("You can try again in 3 s.")).to_be_visible()
    chat.page.clock.run_for(3000)
    chat.press("Try again")
    expect(chat.element).to_have_count(1)


def test_notice_of_a_refused_message_stays_while_the_element_reads(
    chat: ChatPage, user: str
) -> None:
    chat.chat(user)
    refusal = {"message": "An answer is still being written in this thread."}
    chat.answers("/chatkit", 409, json=refusal)
    assert chat.send_message()["status"] == 409
    expect(chat.notice(refusal["message"])).to_be_visible()
    chat.evaluate(LIST)
    expect(chat.notice(refusal["message"])).to_be_visible()
    assert chat.send_message()["status"] == 200
    expect(chat.notices).to_be_empty()


def test_invalid_request_shows_the_services_message(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    chat.answers("/chatkit", 413, json={"message": "The message is longer than 200 characters."})
    chat.send_message()
    expect(chat.notice("The message is longer than 200 characters.")).to_be_visible()


def test_deleted_conversation_shows_a_notice_and_is_forgotten(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    chat.send_message()
    chat.answers("/chatkit", 404, json={"message": "Thread thr_1 not found"})
    chat.evaluate("it.request('threads.get_by_id', { thread_id: 'thr_1' }).then(() => 1)")
    expect(chat.notice("no longer exists")).to_be_visible()
    chat.notices.get_by_role("button", name="New chat").click()
    assert chat.calls() == [["setThreadId", None]]
    chat.page.reload()
    chat.element.wait_for()
    assert chat.options()["initialThread"] is None


@pytest.mark.parametrize("path", ["/chatkit", "/api/chatkit/session"])
def test_server_error_shows_a_notice_with_try_again(chat: ChatPage, user: str, path: str) -> None:
    if path == "/chatkit":
        chat.chat(user)
    chat.answers(path, 503, body="<html>Bad gateway</html>")
    if path == "/chatkit":
        chat.evaluate(f"{LIST}.then(() => 1)")
    else:
        chat.open(user)
    expect(chat.notice("The chat service has a problem")).to_be_visible()
    chat.press("Try again")
    expect(chat.element).to_have_count(1)
    expect(chat.notices).to_be_empty()


def test_offline_and_online_show_notices(
    chat: ChatPage, context: BrowserContext, user: str
) -> None:
    chat.chat(user)
    context.set_offline(True)
    expect(chat.notice("You are offline")).to_be_visible()
    assert chat.evaluate(LIST) == "TypeError"
    expect(chat.notices.locator("> div")).to_have_count(1)
    context.set_offline(False)
    expect(chat.notice("You are back online")).to_be_visible()
    assert chat.calls() == [["fetchUpdates"]]


def test_unreachable_service_is_not_shown_as_offline(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    chat.page.route("**/chatkit", lambda route: route.abort("connectionrefused"))
    assert chat.evaluate(LIST) == "TypeError"
    expect(chat.notice("The chat service cannot be reached")).to_be_visible()


def test_chat_works_without_storage_and_shows_a_notice(chat: ChatPage, user: str) -> None:
    chat.page.add_init_script("""
        Object.defineProperty(window, 'localStorage', {
          get() { throw new DOMException('blocked', 'SecurityError'); },
        });
    """)
    chat.chat(user)
    expect(chat.notice("This browser does not save data")).to_be_visible()
    assert chat.send_message()["status"] == 200
    chat.press("Minimize the chat")
    expect(chat.element).to_have_count(0)
    chat.press("Chat")
    chat.element.wait_for()
    assert chat.options()["initialThread"].startswith("thr_")


def test_notice_can_be_dismissed(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    chat.evaluate("it.fail()")
    chat.press("Dismiss")
    expect(chat.notices).to_be_empty()


def test_open_client_loads_no_script_from_openai(page: Page, user: str) -> None:
    chat = ChatPage(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    chat.open(user, "/?client=open")
    expect(page.locator(OPEN)).to_have_count(1)
    expect(chat.notices).to_be_empty()
    assert [url for url in asked if "openai.com" in url] == []
