"""Answers to questions in a thread that is loading, is busy, or has a newer message."""

import pytest
from playwright.sync_api import Locator, expect

from tests.system.page.browser import wait_in
from tests.system.page.open_client.chat import (
    Event,
    FakeServiceChat,
    assistant_message,
    choice,
    done,
    free_text,
    item,
    questions,
    tool_call,
    user_message,
)

SUBMIT = "threads.add_structured_input"
OUTPUT = "threads.add_client_tool_output"
RETRY = "threads.retry_after_item"
ACTION = "threads.custom_action"
COLORS = choice("Which color?", "Red", "Blue")
NOTE = free_text("Anything else?")
HELLO = user_message("Hello")
ANSWERED = {"type": "thread.item.replaced", "item": questions(COLORS, status="answered")}
BUTTON = {"type": "Button", "label": "Done", "onClickAction": {"type": "x"}}
CARD = item("widget", "w_1", widget={"type": "Card", "children": [BUTTON]})


def form_of(chat: FakeServiceChat) -> Locator:
    return chat.page.locator("open-chatkit .question-form")


def replies(chat: FakeServiceChat) -> Locator:
    return chat.page.locator("open-chatkit .reply")


def send_of(chat: FakeServiceChat) -> Locator:
    return form_of(chat).get_by_role("button", name="Send")


def hold(chat: FakeServiceChat, operation: str) -> None:
    """Let the service answer this operation when the test releases it."""
    chat.page.evaluate(
        "(type) => (host.service.answers[type] = "
        "{later: new Promise((resolve) => (host.release = resolve))})",
        operation,
    )


def release(chat: FakeServiceChat, answer: object) -> None:
    chat.page.evaluate("(answer) => host.release(answer)", answer)


def page_of(*items: Event) -> Event:
    return {"data": list(reversed(items)), "has_more": False}


def show(chat: FakeServiceChat, *items: Event) -> None:
    chat.stored(*items)
    chat.call("setThreadId", "thr_1")


def load_again(chat: FakeServiceChat) -> None:
    """Start another load of the thread, and hold its items."""
    before = len(chat.requested("items.list"))
    hold(chat, "items.list")
    chat.call_soon("fetchUpdates")
    wait_in(
        chat.page,
        "(before) => host.service.requested.filter(({type}) => type === 'items.list').length"
        " > before",
        arg=before,
    )


def wait_for(chat: FakeServiceChat, operation: str) -> None:
    wait_in(
        chat.page,
        "(wanted) => host.service.requested.some(({type}) => type === wanted)",
        arg=operation,
    )


@pytest.fixture
def chat(chat: FakeServiceChat) -> FakeServiceChat:
    chat.page.evaluate("host.mountWithTools({threadItemActions: {retry: true}})")
    return chat


def test_open_question_before_a_newer_message_is_shown_as_skipped(chat: FakeServiceChat) -> None:
    show(chat, HELLO, questions(COLORS, NOTE), user_message("More", "msg_2"))
    expect(replies(chat)).to_have_text(["Answer: Skipped"] * 2)
    expect(form_of(chat)).to_have_count(0)


def test_newer_message_from_a_load_closes_the_form(chat: FakeServiceChat) -> None:
    show(chat, HELLO, questions(COLORS))
    expect(form_of(chat)).to_be_visible()
    chat.stored(HELLO, questions(COLORS), user_message("More", "msg_2"))
    chat.call("fetchUpdates")
    expect(replies(chat)).to_have_text("Answer: Skipped")
    expect(form_of(chat)).to_have_count(0)


def test_what_is_typed_survives_a_refused_message(chat: FakeServiceChat) -> None:
    show(chat, HELLO, questions(NOTE))
    note = chat.page.get_by_role("textbox", name="Anything else?")
    note.fill("By Friday")
    hold(chat, "threads.add_user_message")
    chat.send("Never mind")
    expect(chat.user_messages).to_have_count(2)
    expect(note).to_have_value("By Friday")
    release(chat, {"status": 429, "body": {"message": "Wait."}})
    expect(chat.alert.filter(has_text="Wait.")).to_have_count(1)
    expect(note).to_have_value("By Friday")


def test_answer_waits_for_a_load_that_would_undo_it(chat: FakeServiceChat) -> None:
    show(chat, HELLO, questions(COLORS))
    chat.page.get_by_label("Red").check()
    load_again(chat)
    send_of(chat).click()
    assert chat.requested(SUBMIT) == []
    release(chat, page_of(HELLO, questions(COLORS)))
    wait_for(chat, SUBMIT)
    chat.events(ANSWERED, done(assistant_message("I see.")))
    chat.end()
    expect(chat.answers).to_have_text("I see.")
    expect(form_of(chat)).to_have_count(0)
    [sent] = chat.requested(SUBMIT)
    assert (sent["thread_id"], sent["item_id"]) == ("thr_1", "q_1")


def test_answer_is_not_sent_if_the_load_shows_that_the_question_is_closed(
    chat: FakeServiceChat,
) -> None:
    show(chat, HELLO, questions(COLORS))
    chat.page.get_by_label("Red").check()
    load_again(chat)
    send_of(chat).click()
    answer = {"values": ["Blue"], "skipped": False}
    closed = questions(COLORS | {"answer": answer}, status="answered")
    release(chat, page_of(HELLO, closed, assistant_message("Blue.")))
    expect(replies(chat)).to_have_text("Answer: Blue")
    chat.expect_idle()
    assert chat.requested(SUBMIT) == []


def test_answer_is_not_sent_if_another_chat_is_opened_meanwhile(chat: FakeServiceChat) -> None:
    show(chat, HELLO, questions(COLORS))
    chat.page.get_by_label("Red").check()
    load_again(chat)
    send_of(chat).click()
    chat.button("New chat").click()
    release(chat, page_of(HELLO, questions(COLORS)))
    chat.page.evaluate("new Promise((resolve) => setTimeout(resolve))")
    expect(chat.user_messages).to_have_count(0)
    assert chat.requested(SUBMIT) == []


def test_tool_waits_for_a_load_that_would_undo_its_result(chat: FakeServiceChat) -> None:
    show(chat, HELLO, tool_call())
    load_again(chat)
    chat.button("Continue").click()
    assert chat.page.evaluate("host.called") == []
    release(chat, page_of(HELLO, tool_call()))
    wait_in(chat.page, "host.tool")
    chat.page.evaluate("host.tool.resolve({})")
    wait_for(chat, OUTPUT)
    chat.events(done(assistant_message("Done.")))
    chat.end()
    expect(chat.answers).to_have_text("Done.")
    expect(chat.alert).to_have_count(0)


def test_another_answer_waits_for_a_load_that_would_undo_it(chat: FakeServiceChat) -> None:
    show(chat, HELLO, assistant_message("Hello!"))
    load_again(chat)
    chat.button("Answer again").click()
    assert chat.requested(RETRY) == []
    release(chat, page_of(HELLO, assistant_message("Hello!")))
    wait_for(chat, RETRY)
    chat.events(done(assistant_message("Good day!", "msg_new")))
    chat.end()
    expect(chat.answers).to_have_text("Good day!")


def test_button_of_a_card_waits_for_a_load_that_would_undo_it(chat: FakeServiceChat) -> None:
    show(chat, HELLO, CARD)
    load_again(chat)
    chat.button("Done").dblclick()
    assert chat.requested(ACTION) == []
    release(chat, page_of(HELLO, CARD))
    wait_for(chat, ACTION)
    changed = CARD | {"widget": {"type": "Text", "value": "It is done."}}
    chat.events({"type": "thread.item.replaced", "item": changed})
    chat.end()
    expect(chat.log).to_contain_text("It is done.")
    assert len(chat.requested(ACTION)) == 1


@pytest.mark.parametrize("name", ["Send answer", "Skip"])
def test_form_says_that_it_cannot_be_sent_during_another_answer(
    chat: FakeServiceChat, name: str
) -> None:
    show(chat, HELLO, CARD, questions(COLORS))
    chat.page.get_by_label("Red").check()
    chat.button("Done").click()
    wait_for(chat, ACTION)
    chat.button(name).press("Enter")
    expect(chat.alert).to_have_text("Another answer is still being written. Try again after it.")
    assert chat.requested(SUBMIT) == []
    chat.events({"type": "thread.item.replaced", "item": CARD})
    chat.end()
    expect(chat.page.get_by_label("Red")).to_be_checked()
    chat.button(name).press("Enter")
    wait_for(chat, SUBMIT)
    expect(chat.alert).to_have_count(0)
