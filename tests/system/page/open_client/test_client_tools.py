"""Tools of the page that the assistant calls."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.system.page.browser import wait_in
from tests.system.page.open_client.chat import (
    FakeServiceChat,
    added,
    assistant_message,
    done,
    item,
    tool_call,
    user_message,
)

OUTPUT = "threads.add_client_tool_output"
CALL = tool_call(city="Rome")
REFUSED = {"message": "Nested too deeply."}
OUTPUTS = "host.service.requested.filter(({type}) => type.includes('output')).length"


def call_tool(chat: FakeServiceChat) -> None:
    """Let the assistant call a tool of the page, and wait until the page runs it."""
    chat.begin()
    chat.events(added(CALL), done(CALL))
    chat.close_stream()
    wait_in(chat.page, "host.tool")


def called(chat: FakeServiceChat) -> list[Any]:
    calls: list[Any] = chat.page.evaluate("host.called")
    return calls


def expect_output(chat: FakeServiceChat, result: object) -> None:
    wait_in(chat.page, "host.service.requested.some(({type}) => type.includes('output'))")
    assert chat.requested(OUTPUT) == [{"thread_id": "thr_1", "result": result}]


@pytest.fixture
def chat(chat: FakeServiceChat) -> FakeServiceChat:
    chat.page.evaluate("host.mountWithTools({threadItemActions: {retry: true}})")
    return chat


def test_page_runs_the_tool_once_and_the_answer_continues(chat: FakeServiceChat) -> None:
    call_tool(chat)
    expect(chat.log).to_contain_text("Waiting for open map")
    chat.page.evaluate("host.tool.resolve({shown: true})")
    expect_output(chat, {"shown": True})
    chat.events(done(assistant_message("There it is.")))
    chat.end()
    expect(chat.answers).to_have_text("There it is.")
    expect(chat.log).to_contain_text("Used open map")
    assert called(chat) == [{"name": "open_map", "params": {"city": "Rome"}}]
    assert chat.dispatched("chatkit.response.end") == [None]


def test_a_result_names_its_call(chat: FakeServiceChat) -> None:
    call_tool(chat)
    chat.page.evaluate("host.tool.resolve({})")
    expect_output(chat, {})
    sent = "host.service.requested.find(({type}) => type.includes('output')).metadata"
    assert chat.page.evaluate(sent) == {"item_id": CALL["id"]}


def test_new_options_do_not_repeat_the_call(chat: FakeServiceChat) -> None:
    call_tool(chat)
    chat.page.evaluate("host.chat.setOptions({...host.options, theme: 'dark'})")
    chat.page.evaluate("host.chat.fetchUpdates()")
    chat.page.evaluate("host.tool.resolve({})")
    expect_output(chat, {})
    assert len(called(chat)) == 1


def test_answer_may_call_several_tools_in_turn(chat: FakeServiceChat) -> None:
    call_tool(chat)
    chat.page.evaluate("host.tool.resolve(1)")
    expect_output(chat, 1)
    chat.page.evaluate("host.tool = null")
    chat.events(done(tool_call("close_map") | {"id": "tc_2"}))
    chat.close_stream()
    wait_in(chat.page, "host.tool")
    assert [each["name"] for each in called(chat)] == ["open_map", "close_map"]


@pytest.mark.parametrize(
    ("end", "result"),
    [
        ("reject(new Error('No map here.'))", {"error": "No map here."}),
        ("reject('No map.')", {"error": "No map."}),
        ("resolve(undefined)", None),
    ],
)
def test_result_says_what_a_tool_threw(chat: FakeServiceChat, end: str, result: object) -> None:
    call_tool(chat)
    chat.page.evaluate(f"host.tool.{end}")
    expect_output(chat, result)


def test_result_that_is_not_json_is_a_failure(chat: FakeServiceChat) -> None:
    call_tool(chat)
    chat.page.evaluate("host.tool.resolve({size: 1n})")
    wait_in(chat.page, "host.service.requested.some(({type}) => type.includes('output'))")
    [sent] = chat.requested(OUTPUT)
    assert "BigInt" in sent["result"]["error"]


def test_result_says_that_a_page_has_no_tools(chat: FakeServiceChat) -> None:
    chat.page.evaluate("host.chat.setOptions({...host.options, onClientTool: undefined})")
    chat.begin()
    chat.events(done(CALL))
    chat.close_stream()
    expect_output(chat, {"error": "This page has no tool named open_map."})


def test_tool_that_never_returns_can_be_stopped(chat: FakeServiceChat) -> None:
    call_tool(chat)
    chat.composer.fill("Forget the map")
    chat.button("Stop").click()
    expect(chat.alert).to_contain_text("The answer waits for “open map”")
    chat.composer.press("Enter")
    removed = {"type": "thread.item.removed", "item_id": CALL["id"]}
    chat.events(done(user_message("Forget the map", "msg_2")), removed)
    chat.events(done(assistant_message("Forgotten.")))
    chat.end()
    expect(chat.alert).to_have_count(0)
    expect(chat.log).not_to_contain_text("open map")
    chat.page.evaluate("host.tool.resolve({late: true})")
    assert chat.requested(OUTPUT) == []


def test_stopped_tool_can_be_continued_and_is_not_called_again(chat: FakeServiceChat) -> None:
    call_tool(chat)
    chat.button("Stop").click()
    chat.button("Continue").press("Enter")
    expect(chat.button("Stop")).to_be_visible()
    expect(chat.composer).to_be_focused()
    chat.page.evaluate("host.tool.resolve({shown: true})")
    expect_output(chat, {"shown": True})
    assert len(called(chat)) == 1


def test_loaded_call_waits_for_the_person(chat: FakeServiceChat) -> None:
    chat.stored(user_message("Hello"), CALL)
    chat.call("setThreadId", "thr_1")
    expect(chat.alert).to_contain_text("The answer waits for “open map”, a tool of this page.")
    assert called(chat) == []
    chat.button("Continue").click()
    wait_in(chat.page, "host.tool")
    chat.page.evaluate("host.tool.resolve({shown: true})")
    expect_output(chat, {"shown": True})
    chat.events(done(assistant_message("There it is.")))
    chat.end()
    expect(chat.alert).to_have_count(0)


def test_button_of_a_card_does_not_make_an_earlier_call(chat: FakeServiceChat) -> None:
    button = {"type": "Button", "label": "Done", "onClickAction": {"type": "x"}}
    card = item("widget", "w_1", widget={"type": "Card", "children": [button]})
    chat.stored(user_message("Hello"), card, CALL)
    chat.call("setThreadId", "thr_1")
    chat.button("Done").click()
    chat.events({"type": "thread.item.replaced", "item": card})
    chat.end()
    assert called(chat) == []
    expect(chat.alert).to_have_text("The answer waits for “open map”, a tool of this page.Continue")


def test_call_before_a_newer_message_is_not_run(chat: FakeServiceChat) -> None:
    chat.stored(user_message("Hello"), CALL, user_message("More", "msg_2"))
    chat.call("setThreadId", "thr_1")
    expect(chat.user_messages).to_have_count(2)
    expect(chat.alert).to_have_count(0)
    expect(chat.log).not_to_contain_text("open map")


def test_result_is_sent_although_another_chat_is_open(chat: FakeServiceChat) -> None:
    call_tool(chat)
    chat.button("New chat").click()
    chat.page.evaluate("host.tool.resolve({shown: true})")
    expect_output(chat, {"shown": True})
    wait_in(chat.page, "host.service.left === 1")
    assert chat.page.evaluate("host.service.aborted") == 0
    expect(chat.user_messages).to_have_count(0)


def test_call_that_is_removed_again_is_not_made(chat: FakeServiceChat) -> None:
    chat.begin()
    chat.events(done(CALL), {"type": "thread.item.removed", "item_id": CALL["id"]})
    chat.events(done(assistant_message("Never mind.")))
    chat.end()
    assert called(chat) == []
    assert chat.requested(OUTPUT) == []


def test_message_is_not_unsent_because_a_later_result_is_refused(chat: FakeServiceChat) -> None:
    call_tool(chat)
    chat.answer_to(OUTPUT, {"status": 409, "body": {"message": "Too late."}})
    chat.page.evaluate(
        "document.addEventListener('open-chatkit.unsent', () => host.called.push('unsent'), true)"
    )
    chat.button("New chat").click()
    chat.page.evaluate("host.tool.resolve({})")
    expect_output(chat, {})
    chat.page.evaluate("new Promise((resolve) => setTimeout(resolve))")
    expect(chat.composer).to_have_value("")
    expect(chat.alert).to_have_count(0)
    assert len(called(chat)) == 1


@pytest.mark.parametrize("answer", [{"unreachable": True}, {"status": 409, "body": {}}])
def test_refused_result_offers_to_check_for_the_answer(
    chat: FakeServiceChat, answer: dict[str, Any]
) -> None:
    chat.answer_to(OUTPUT, answer)
    call_tool(chat)
    chat.page.evaluate("host.tool.resolve({})")
    expect(chat.alert).to_have_count(1)
    chat.stored(user_message("Hello"), tool_call(status="completed"), assistant_message("Done."))
    chat.button("Check for the answer").click()
    expect(chat.answers).to_have_text("Done.")
    expect(chat.alert).to_have_count(0)


@pytest.mark.parametrize("status", [400, 413])
def test_result_that_the_service_does_not_take_is_replaced_by_an_error(
    chat: FakeServiceChat, status: int
) -> None:
    chat.answer_once(OUTPUT, {"status": status, "body": REFUSED})
    call_tool(chat)
    chat.page.evaluate("host.tool.resolve({pixels: [[[1]]]})")
    wait_in(chat.page, f"() => {OUTPUTS} === 2")
    [first, second] = [each["result"] for each in chat.requested(OUTPUT)]
    assert first == {"pixels": [[[1]]]}
    assert second == {"error": "The result could not be sent. Nested too deeply."}
    chat.events(done(assistant_message("I could not see it.")))
    chat.end()
    expect(chat.answers).to_have_text("I could not see it.")
    expect(chat.alert).to_have_count(0)
    assert len(called(chat)) == 1


def test_error_that_the_service_does_not_take_either_is_sent_once(chat: FakeServiceChat) -> None:
    chat.answer_to(OUTPUT, {"status": 400, "body": REFUSED})
    call_tool(chat)
    chat.page.evaluate("host.tool.resolve({})")
    expect(chat.alert).to_contain_text("Nested too deeply.")
    assert len(chat.requested(OUTPUT)) == 2


def test_answer_that_ends_after_the_result_shows_an_error(chat: FakeServiceChat) -> None:
    call_tool(chat)
    chat.page.evaluate("host.tool.resolve({})")
    expect_output(chat, {})
    chat.end()
    expect(chat.alert).to_contain_text("The answer ended early.")
    expect(chat.alert.get_by_role("button")).to_have_text(["Check for the answer"])
