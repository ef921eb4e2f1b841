"""The page's `api.fetch`, called as the element calls it."""

import re
from functools import partial

import pytest
from playwright.sync_api import Request, Route, expect

from tests.system.e2e.service import Stack
from tests.system.page.chat_page import ELEMENT, ChatPage
from tests.waiting import until

LIST = "it.request('threads.list', {}).then((answer) => answer.status)"


def token(request: Request) -> str:
    return request.headers["authorization"]


def test_message_streams_through_fetch(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    answer = chat.send_message("Add a task to buy milk")
    assert answer["status"] == 200
    assert re.fullmatch(r"turn_\w+", answer["turn"])
    assert "text_delta" in answer["events"]


@pytest.mark.deep
def test_fetch_keeps_the_elements_headers(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    with chat.page.expect_request("**/chatkit") as request:
        chat.evaluate(LIST)
    assert request.value.headers["accept-language"] == "en"
    assert request.value.headers["content-type"] == "application/json"


@pytest.mark.deep
def test_concurrent_requests_open_one_session(chat: ChatPage, user: str) -> None:
    opened = chat.answers("/api/chatkit/session")
    chat.answers("/chatkit", 200, 200, 200, json={})
    chat.chat(user)
    chat.evaluate(f"Promise.all([1, 2, 3].map(() => {LIST}))")
    assert len(opened) == 1


def test_session_is_renewed_before_it_expires(chat: ChatPage, user: str) -> None:
    chat.page.clock.install()
    opened = chat.answers("/api/chatkit/session")
    chat.answers("/chatkit", 200, 200, 200, 200, json={})
    chat.chat(user)
    chat.page.clock.fast_forward("08:00")
    chat.evaluate(LIST)
    assert len(opened) == 1
    chat.page.clock.fast_forward("01:30")
    statuses = chat.evaluate(f"Promise.all([1, 2, 3].map(() => {LIST}))")
    assert statuses == [200, 200, 200]
    assert len(opened) == 2


@pytest.mark.deep
def test_wrong_clock_does_not_break_session_renewal(chat: ChatPage, user: str) -> None:
    opened = chat.answers("/api/chatkit/session")
    for index, years in enumerate((-20, 20)):
        chat.page.clock.install(time=1_800_000_000 + years * 31_536_000)
        chat.open(f"{user}-{index}") if index == 0 else chat.page.reload()
        chat.element.wait_for()
        for _ in range(3):
            chat.evaluate(LIST)
    assert len(opened) == 2


@pytest.mark.deep
def test_requests_with_a_refused_secret_share_one_renewal_and_are_repeated(
    chat: ChatPage, user: str
) -> None:
    opened = chat.answers("/api/chatkit/session")
    chat.chat(user)
    asked = chat.answers("/chatkit", 401, 401, 401, 200, 200, 200, json={})
    statuses = chat.evaluate(f"Promise.all([1, 2, 3].map(() => {LIST}))")
    assert statuses == [200, 200, 200]
    assert len(opened) == 2
    first, last = token(asked[0].request), token(asked[-1].request)
    assert [token(route.request) for route in asked] == [first] * 3 + [last] * 3
    assert first != last
    expect(chat.notices).to_be_empty()


@pytest.mark.deep
def test_request_refused_after_renewal_leads_to_sign_in_and_back(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    thread = chat.send_message()["thread"]
    asked = chat.answers("/chatkit", 401, 401, json={"message": "Log in."})
    assert chat.evaluate(LIST) == 401
    assert len(asked) == 2
    expect(chat.notice("You are not signed in")).to_be_visible()
    chat.evaluate("it.setAttribute('class', 'old')")
    chat.press("Sign in")
    chat.sign_in(user)
    chat.page.locator("openai-chatkit:not(.old)").wait_for()
    expect(chat.notices).to_be_empty()
    assert chat.options()["initialThread"] == thread


def test_stop_cancels_the_turn_by_its_id(chat: ChatPage, user: str) -> None:
    cancelled = chat.answers("/api/chatkit/cancel", 202, json={})
    chat.chat(user)
    turn = chat.page.evaluate(f"""async () => {{
        const input = {{ content: [{{ type: 'input_text', text: 'What is on my list?' }}],
          attachments: [], inference_options: {{}} }};
        const stop = new AbortController();
        const answer = await {ELEMENT}.request('threads.create', {{ input }}, stop);
        await answer.body.getReader().read();
        stop.abort();
        return answer.headers.get('x-chatkit-turn');
    }}""")
    expect_routes(chat, cancelled, 1)
    assert cancelled[0].request.post_data_json == {"turn_id": turn}
    assert token(cancelled[0].request).startswith("Bearer ey")


@pytest.mark.deep
def test_stop_before_the_first_byte_cancels_once_the_turn_id_arrives(
    chat: ChatPage, user: str
) -> None:
    held: list[Route] = []
    cancelled = chat.answers("/api/chatkit/cancel", 202, json={})
    chat.chat(user)
    chat.page.route("**/chatkit", lambda route: held.append(route))
    with chat.page.expect_request("**/chatkit"):
        chat.page.evaluate(f"""() => {{
            window.stop = new AbortController();
            window.failed = {ELEMENT}.request('threads.create', {{}}, window.stop)
                .catch((error) => error.name);
        }}""")
    failed = chat.page.evaluate("() => { window.stop.abort(); return window.failed; }")
    assert failed == "AbortError"
    assert cancelled == []
    held[0].fulfill(status=200, headers={"x-chatkit-turn": "turn_late"}, body="data: {}")
    expect_routes(chat, cancelled, 1)
    assert cancelled[0].request.post_data_json == {"turn_id": "turn_late"}
    expect(chat.notices).to_be_empty()


@pytest.mark.deep
def test_minimizing_the_chat_does_not_stop_an_answer(chat: ChatPage, user: str) -> None:
    cancelled = chat.answers("/api/chatkit/cancel", 202, json={})
    chat.chat(user)
    chat.page.evaluate(f"""async () => {{
        const input = {{ content: [{{ type: 'input_text', text: 'What is on my list?' }}],
          attachments: [], inference_options: {{}} }};
        const answer = await {ELEMENT}.request('threads.create', {{ input }});
        await answer.body.getReader().read();
    }}""")
    chat.press("Minimize the chat")
    expect(chat.element).to_have_count(0)
    chat.press("Chat")
    chat.element.wait_for()
    assert chat.evaluate(LIST) == 200
    assert cancelled == []


@pytest.mark.deep
def test_request_stopped_before_it_starts_is_not_sent(chat: ChatPage, user: str) -> None:
    asked = chat.answers("/chatkit")
    chat.chat(user)
    failed = chat.page.evaluate(
        f"() => {ELEMENT}.api.fetch('/chatkit', {{ signal: AbortSignal.abort() }})"
        ".catch((error) => error.name)"
    )
    assert failed == "AbortError"
    assert asked == []


@pytest.mark.deep
def test_signing_out_ends_the_session_at_the_service(
    chat: ChatPage, stack: Stack, user: str
) -> None:
    with chat.page.expect_response("**/api/chatkit/session") as opened:
        chat.chat(user)
    headers = {"authorization": f"Bearer {opened.value.json()['client_secret']}"}
    chat.press("Sign out")
    session = partial(stack.http.get, "/api/chatkit/session", headers=headers)
    until(lambda: session().json()["state"] == "revoked")
    expect(chat.page.get_by_label("Your name")).to_be_focused()


@pytest.mark.deep
def test_secret_is_kept_only_in_memory(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    chat.send_message()
    stored = chat.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "ey" not in re.sub(r"user-\w+|thr_\w+", "", stored)


def expect_routes(chat: ChatPage, routes: list[Route], count: int) -> None:
    """Wait until this many requests have arrived."""
    while len(routes) < count:
        chat.page.wait_for_event("requestfinished")
    assert len(routes) == count
