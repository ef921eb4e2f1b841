"""Every failure is told in the live region, with a next step."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.page.chat_page import SCRIPT, ChatPage, hold

LIST = "it.request('threads.list', {}).catch((error) => error.name)"
OPEN = "open-chatkit"


def test_what_is_told_is_told_to_screen_readers(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    expect(chat.notices).to_have_attribute("aria-live", "polite")


def test_a_blocked_script_is_told_and_the_open_client_takes_its_place(
    chat: ChatPage, user: str
) -> None:
    chat.page.route(SCRIPT, lambda route: route.abort("blockedbyclient"))
    chat.open(user)
    expect(chat.notice("is blocked or cannot be reached")).to_be_visible()
    expect(chat.page.locator(OPEN)).to_have_count(1)


def test_a_script_that_can_be_had_again_brings_the_official_element(
    chat: ChatPage, user: str
) -> None:
    chat.answers("/deployments/chatkit/chatkit.js", 503)
    chat.open(user)
    expect(chat.page.locator(OPEN)).to_have_count(1)
    chat.page.unroute("**/deployments/chatkit/chatkit.js")
    chat.press("Try again")
    expect(chat.element).to_have_count(1)
    expect(chat.page.locator(OPEN)).to_have_count(0)
    expect(chat.notices).to_be_empty()


def test_a_script_that_never_comes_is_told_within_8_seconds(chat: ChatPage, user: str) -> None:
    chat.page.clock.install()
    chat.page.route(SCRIPT, hold)
    with chat.page.expect_request(SCRIPT):
        chat.open(user)
    chat.page.clock.fast_forward(8000)
    expect(chat.notice("is blocked or cannot be reached")).to_be_visible()
    expect(chat.page.locator(OPEN)).to_have_count(1)


def test_an_element_that_is_never_defined_is_told_apart(chat: ChatPage, user: str) -> None:
    chat.page.clock.install()
    chat.page.route(SCRIPT, lambda route: route.fulfill(content_type="text/javascript"))
    with chat.page.expect_event("requestfinished", lambda done: done.url == SCRIPT):
        chat.open(user)
    chat.page.clock.fast_forward(8000)
    expect(chat.notice("was loaded but did not start")).to_be_visible()
    expect(chat.page.locator(OPEN)).to_have_count(1)


def test_an_element_that_never_gets_ready_is_told(chat: ChatPage, user: str) -> None:
    chat.page.clock.install()
    chat.page.add_init_script("window.staysSilent = true")
    chat.chat(user)
    chat.page.clock.fast_forward(8000)
    expect(chat.notice("does not answer")).to_be_visible()
    chat.press("Use a simpler one")
    expect(chat.page.locator(OPEN)).to_have_count(1)


def test_no_element_at_all_is_told(chat: ChatPage, user: str) -> None:
    chat.page.route(SCRIPT, lambda route: route.abort())
    chat.answers("/open-chatkit/open-chatkit.js", 503)
    chat.open(user)
    expect(chat.notice("could not be loaded")).to_be_visible()
    expect(chat.page.get_by_role("button", name="Try again")).to_be_enabled()


def test_a_fault_of_the_element_is_told(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    chat.tell("it.fail()")
    chat.press("Reload the chat")
    expect(chat.notices).to_be_empty()
    expect(chat.element).to_have_count(1)


def test_who_is_not_signed_in_is_led_to_the_login(chat: ChatPage, user: str) -> None:
    chat.page.goto("/")
    chat.page.keyboard.press("Escape")
    expect(chat.notice("You are not signed in")).to_be_visible()
    chat.press("Sign in")
    chat.sign_in(user)
    expect(chat.element).to_have_count(1)
    expect(chat.notices).to_be_empty()


def test_a_login_that_the_service_does_not_believe_is_led_there_again(
    chat: ChatPage, user: str
) -> None:
    chat.answers("/api/chatkit/session", 401, json={"message": "Log in."})
    chat.open(user)
    expect(chat.notice("You are not signed in")).to_be_visible()
    chat.press("Sign in")
    chat.sign_in(user)
    expect(chat.element).to_have_count(1)


def test_a_refused_session_is_told(chat: ChatPage, user: str) -> None:
    chat.answers("/api/chatkit/session", 403, json={"message": "No."})
    chat.open(user)
    expect(chat.notice("refused your sign-in")).to_be_visible()
    expect(chat.page.get_by_role("button", name="Sign in again")).to_be_visible()


def test_a_limit_is_told_in_the_words_of_the_service_until_it_is_over(
    chat: ChatPage, user: str
) -> None:
    chat.chat(user)
    chat.stop_clock()
    refusal = {"message": "You are too fast. Please wait 12 seconds.", "code": "too_many_requests"}
    chat.answers("/chatkit", 429, json=refusal, headers={"retry-after": "12"})
    assert chat.say()["status"] == 429
    told = chat.notice(refusal["message"])
    expect(told.get_by_text("You can go on")).to_be_hidden()
    expect(told.get_by_role("button", name="Try again")).to_be_disabled()
    chat.page.clock.run_for(12_000)
    expect(told.get_by_text("You can go on now.")).to_be_visible()
    expect(told.get_by_role("button", name="Try again")).to_be_enabled()


@pytest.mark.parametrize(
    "refusal",
    [{"json": {}, "headers": {"retry-after": "12"}}, {"json": {"message": "Too Many Requests"}}],
)
def test_a_limit_without_words_of_the_service_is_told_with_the_wait_counted_down(
    chat: ChatPage, user: str, refusal: dict[str, Any]
) -> None:
    chat.chat(user)
    chat.stop_clock()
    chat.answers("/chatkit", 429, **refusal)
    wait = 12 if "headers" in refusal else 10
    assert chat.say()["status"] == 429
    told = chat.notice("Too many messages.")
    expect(told).to_contain_text(f"You can go on in {wait} s.")
    expect(told.get_by_role("button", name="Try again")).to_be_disabled()
    chat.page.clock.run_for(5000)
    expect(told).to_contain_text(f"You can go on in {wait - 5} s.")
    chat.page.clock.run_for(1000 * (wait - 5))
    expect(told.get_by_text("You can go on now.")).to_be_visible()
    told.get_by_role("button", name="Try again").click()
    expect(chat.notices).to_be_empty()
    expect(chat.element).to_have_count(1)


def test_a_limit_of_sessions_is_told_too(chat: ChatPage, user: str) -> None:
    chat.answers("/api/chatkit/session", 429, json={}, headers={"retry-after": "3"})
    chat.page.goto("/")
    chat.stop_clock()
    chat.sign_in(user)
    expect(chat.notice("You can go on in 3 s.")).to_be_visible()
    chat.page.clock.run_for(3000)
    chat.press("Try again")
    expect(chat.element).to_have_count(1)


def test_a_refused_message_stays_told_while_the_element_reads(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    refusal = {"message": "An answer is still being written in this thread."}
    chat.answers("/chatkit", 409, json=refusal)
    assert chat.say()["status"] == 409
    expect(chat.notice(refusal["message"])).to_be_visible()
    chat.tell(LIST)
    expect(chat.notice(refusal["message"])).to_be_visible()
    assert chat.say()["status"] == 200
    expect(chat.notices).to_be_empty()


def test_what_the_service_does_not_take_is_told_in_its_words(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    chat.answers("/chatkit", 413, json={"message": "The message is longer than 200 characters."})
    chat.say()
    expect(chat.notice("The message is longer than 200 characters.")).to_be_visible()


def test_a_conversation_that_is_gone_is_told_and_forgotten(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    chat.say()
    chat.answers("/chatkit", 404, json={"message": "Thread thr_1 not found"})
    chat.tell("it.request('threads.get_by_id', { thread_id: 'thr_1' }).then(() => 1)")
    expect(chat.notice("no longer there")).to_be_visible()
    chat.notices.get_by_role("button", name="New chat").click()
    assert chat.calls() == [["setThreadId", None]]
    chat.page.reload()
    chat.element.wait_for()
    assert chat.options()["initialThread"] is None


@pytest.mark.parametrize("path", ["/chatkit", "/api/chatkit/session"])
def test_trouble_of_the_service_is_told_with_another_try(
    chat: ChatPage, user: str, path: str
) -> None:
    if path == "/chatkit":
        chat.chat(user)
    chat.answers(path, 503, body="<html>Bad gateway</html>")
    if path == "/chatkit":
        chat.tell(f"{LIST}.then(() => 1)")
    else:
        chat.open(user)
    expect(chat.notice("The chat service has a problem")).to_be_visible()
    chat.press("Try again")
    expect(chat.element).to_have_count(1)
    expect(chat.notices).to_be_empty()


def test_offline_is_told_and_so_is_the_way_back(
    chat: ChatPage, context: BrowserContext, user: str
) -> None:
    chat.chat(user)
    context.set_offline(True)
    expect(chat.notice("You are offline")).to_be_visible()
    assert chat.tell(LIST) == "TypeError"
    expect(chat.notices.locator("> div")).to_have_count(1)
    context.set_offline(False)
    expect(chat.notice("You are online again")).to_be_visible()
    assert chat.calls() == [["fetchUpdates"]]


def test_a_service_that_cannot_be_reached_is_not_taken_for_being_offline(
    chat: ChatPage, user: str
) -> None:
    chat.chat(user)
    chat.page.route("**/chatkit", lambda route: route.abort("connectionrefused"))
    assert chat.tell(LIST) == "TypeError"
    expect(chat.notice("The chat service cannot be reached")).to_be_visible()


def test_a_browser_that_blocks_storage_still_chats_and_says_what_is_lost(
    chat: ChatPage, user: str
) -> None:
    chat.page.add_init_script("""
        Object.defineProperty(window, 'localStorage', {
          get() { throw new DOMException('blocked', 'SecurityError'); },
        });
    """)
    chat.chat(user)
    expect(chat.notice("This browser keeps nothing")).to_be_visible()
    assert chat.say()["status"] == 200
    chat.press("Minimise the chat")
    expect(chat.element).to_have_count(0)
    chat.press("Chat")
    chat.element.wait_for()
    assert chat.options()["initialThread"].startswith("thr_")


def test_a_notice_can_be_put_away(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    chat.tell("it.fail()")
    chat.press("Dismiss")
    expect(chat.notices).to_be_empty()


def test_a_chosen_open_client_asks_nobody_for_a_script(page: Page, user: str) -> None:
    chat = ChatPage(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    chat.open(user, "/?client=open")
    expect(page.locator(OPEN)).to_have_count(1)
    expect(chat.notices).to_be_empty()
    assert SCRIPT not in asked
