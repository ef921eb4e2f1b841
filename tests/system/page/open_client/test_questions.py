"""Questions of the assistant: forms that the person answers or skips."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.system.page.browser import wait_in
from tests.system.page.open_client.chat import (
    FakeServiceChat,
    added,
    assistant_message,
    choice,
    done,
    free_text,
    questions,
    user_message,
)

SUBMIT = "threads.add_structured_input"
COLORS = choice("Which color?", "Red", "Blue")
SIZES = choice("Which sizes?", "S", "M", "L", question_id="c2", multiple=True)
NOTE = free_text("Anything else?", description="In a few words.")
FORM = questions(COLORS, SIZES, NOTE)
EMPTY = "Choose or write an answer, or skip."


def ask(chat: FakeServiceChat, *inputs: dict[str, Any]) -> None:
    """Let an answer end with these questions."""
    chat.begin()
    form = questions(*inputs)
    chat.events(added(form), done(form))
    chat.end()
    expect(form_of(chat)).to_be_visible()


def form_of(chat: FakeServiceChat) -> Locator:
    return chat.page.locator("open-chatkit .question-form")


def given(chat: FakeServiceChat) -> Any:
    """Wait for the one submission and return it."""
    wait_in(chat.page, "host.service.requested.some(({type}) => /structured/.test(type))")
    [params] = chat.requested(SUBMIT)
    assert (params["thread_id"], params["item_id"]) == ("thr_1", "q_1")
    return params["input"]


def accept(chat: FakeServiceChat, *values: list[str]) -> None:
    """Let the service accept the answers to all three questions, and continue."""
    inputs = [
        each | {"answer": {"values": value, "skipped": not value}}
        for each, value in zip((COLORS, SIZES, NOTE), values, strict=True)
    ]
    status = "answered" if any(values) else "skipped"
    replaced = {"type": "thread.item.replaced", "item": questions(*inputs, status=status)}
    chat.events(replaced, done(assistant_message("I see.")))
    chat.end()


@pytest.fixture
def chat(chat: FakeServiceChat) -> FakeServiceChat:
    chat.mount(threadItemActions={"retry": True})
    return chat


def test_questions_are_answered_by_keyboard(chat: FakeServiceChat) -> None:
    ask(chat, COLORS, SIZES, NOTE)
    keyboard = chat.page.keyboard
    expect(form_of(chat)).to_be_focused()
    keyboard.press("Tab")
    # The first arrow key selects the next choice, as in any group of radio buttons.
    keyboard.press("ArrowDown")
    for _ in range(2):
        keyboard.press("Tab")
    keyboard.press("Space")
    for _ in range(2):
        keyboard.press("Tab")
    keyboard.press("Space")
    for _ in range(3):
        keyboard.press("Tab")
    keyboard.type(" By Friday ")
    keyboard.press("Tab")
    expect(chat.button("Send answers")).to_be_focused()
    keyboard.press("Enter")
    assert given(chat) == {
        "status": "answered",
        "answers": {
            "c1": {"values": ["Blue"], "skipped": False},
            "c2": {"values": ["S", "L"], "skipped": False},
            "f1": {"values": ["By Friday"], "skipped": False},
        },
    }
    accept(chat, ["Blue"], ["S", "L"], ["By Friday"])
    expect(chat.composer).to_be_focused()
    expect(form_of(chat)).to_have_count(0)
    replies = chat.page.locator("open-chatkit .reply")
    expect(replies).to_have_text(["Answer: Blue", "Answer: S, L", "Answer: By Friday"])


def test_unanswered_questions_are_sent_as_skipped(chat: FakeServiceChat) -> None:
    ask(chat, COLORS, NOTE)
    chat.page.get_by_label("Red").check()
    form_of(chat).get_by_role("button", name="Send").click()
    assert given(chat)["answers"] == {
        "c1": {"values": ["Red"], "skipped": False},
        "f1": {"values": [], "skipped": True},
    }


def test_nothing_is_sent_while_nothing_is_answered(chat: FakeServiceChat) -> None:
    ask(chat, COLORS, NOTE)
    chat.page.get_by_role("textbox", name="Anything else?").fill("  ")
    form_of(chat).get_by_role("button", name="Send").click()
    expect(chat.alert).to_have_text(EMPTY)
    expect(chat.page.get_by_label("Red")).to_be_focused()
    expect(chat.page.get_by_role("radio", checked=True)).to_have_count(0)
    assert chat.requested(SUBMIT) == []


def test_questions_are_skipped(chat: FakeServiceChat) -> None:
    ask(chat, COLORS, SIZES, NOTE)
    chat.button("Skip").press("Enter")
    assert given(chat) == {"status": "skipped", "answers": {}}
    accept(chat, [], [], [])
    expect(chat.page.locator("open-chatkit .reply")).to_have_text(["Answer: Skipped"] * 3)
    expect(chat.composer).to_be_focused()


@pytest.mark.parametrize("multiple", [False, True])
def test_options_can_be_answered_in_other_words(chat: FakeServiceChat, multiple: bool) -> None:
    ask(chat, COLORS | {"multiple": multiple})
    chat.page.get_by_label("Red").check()
    chat.page.get_by_role("textbox", name="Other answer").fill(" Green ")
    chat.page.get_by_role("textbox", name="Other answer").press("Enter")
    values = ["Red", "Green"] if multiple else ["Green"]
    assert given(chat)["answers"] == {"c1": {"values": values, "skipped": False}}


def test_option_keeps_its_exact_value(chat: FakeServiceChat) -> None:
    ask(chat, choice("Which one?", " Red "))
    chat.page.get_by_label("Red").check()
    form_of(chat).get_by_role("button", name="Send").click()
    assert given(chat)["answers"]["c1"]["values"] == [" Red "]


def test_double_click_sends_once(chat: FakeServiceChat) -> None:
    ask(chat, COLORS)
    chat.page.get_by_label("Red").check()
    form_of(chat).get_by_role("button", name="Send").dblclick()
    chat.button("Skip").dispatch_event("click")
    assert given(chat)["status"] == "answered"


@pytest.mark.parametrize(
    ("answer", "message", "steps"),
    [
        ({"status": 409, "body": {"message": "No longer open."}}, "No longer open.", ["Reload"]),
        ({"status": 404, "body": {"message": "Not found."}}, "Not found.", ["Reload"]),
        ({"status": 429, "body": {"message": "Wait."}}, "Wait.", []),
        ({"unreachable": True}, "The service cannot be reached.", []),
    ],
)
def test_refused_answer_stays_in_the_form(
    chat: FakeServiceChat, answer: dict[str, Any], message: str, steps: list[str]
) -> None:
    ask(chat, COLORS, NOTE)
    chat.answer_to(SUBMIT, answer)
    chat.page.get_by_label("Red").check()
    note = chat.page.get_by_role("textbox", name="Anything else?")
    note.fill("By Friday")
    send = form_of(chat).get_by_role("button", name="Send")
    send.press("Enter")
    expect(chat.alert.filter(has_text=message)).to_have_count(1)
    expect(chat.alert.get_by_role("button")).to_have_text(steps)
    expect(send).to_be_focused()
    expect(chat.page.get_by_label("Red")).to_be_checked()
    expect(note).to_have_value("By Friday")
    chat.page.evaluate(f"delete host.service.answers['{SUBMIT}']")
    send.press("Enter")
    expect(chat.button("Stop")).to_be_visible()
    assert len(chat.requested(SUBMIT)) == 2


def test_reload_after_a_refusal_shows_how_the_question_ended(chat: FakeServiceChat) -> None:
    ask(chat, COLORS)
    chat.answer_to(SUBMIT, {"status": 409, "body": {"message": "No longer open."}})
    chat.page.get_by_label("Red").check()
    form_of(chat).get_by_role("button", name="Send").click()
    ended = COLORS | {"answer": {"values": ["Blue"], "skipped": False}}
    chat.stored(user_message("Hello"), questions(ended, status="answered"))
    chat.button("Reload").click()
    expect(chat.page.locator("open-chatkit .reply")).to_have_text("Answer: Blue")
    expect(chat.alert).to_have_count(0)


def test_answer_that_breaks_off_can_be_checked_but_not_asked_again(chat: FakeServiceChat) -> None:
    ask(chat, COLORS)
    chat.button("Skip").click()
    given(chat)
    chat.events({"type": "thread.item.replaced", "item": questions(COLORS, status="skipped")})
    chat.break_off()
    expect(chat.alert).to_contain_text("The connection was lost")
    expect(chat.alert.get_by_role("button")).to_have_text(["Check for the answer"])


def test_message_instead_of_an_answer_closes_the_form(chat: FakeServiceChat) -> None:
    ask(chat, COLORS)
    chat.send("Never mind")
    skipped = {"type": "thread.item.replaced", "item": questions(COLORS, status="skipped")}
    chat.events(skipped, done(user_message("Never mind", "msg_2")))
    chat.events(done(assistant_message("All right.")))
    chat.end()
    expect(form_of(chat)).to_have_count(0)
    expect(chat.page.locator("open-chatkit .reply")).to_have_text("Answer: Skipped")
    assert chat.requested(SUBMIT) == []


def test_loaded_question_is_a_form_and_does_not_move_focus(chat: FakeServiceChat) -> None:
    chat.stored(user_message("Hello"), FORM)
    chat.composer.focus()
    chat.call("setThreadId", "thr_1")
    expect(form_of(chat)).to_be_visible()
    expect(chat.composer).to_be_focused()


def test_what_is_typed_survives_another_load(chat: FakeServiceChat) -> None:
    ask(chat, COLORS, SIZES, NOTE)
    chat.page.get_by_role("textbox", name="Anything else?").fill("By Friday")
    chat.stored(user_message("Hello"), FORM)
    chat.call("fetchUpdates")
    expect(chat.page.get_by_role("textbox", name="Anything else?")).to_have_value("By Friday")
    expect(chat.page.get_by_role("textbox", name="Anything else?")).to_be_focused()


def test_form_that_does_not_fit_is_shown_from_its_beginning(chat: FakeServiceChat) -> None:
    long = choice("Which one?", *(f"Number {number}" for number in range(60)))
    ask(chat, long)
    top = form_of(chat).bounding_box()
    log = chat.log.bounding_box()
    assert top is not None
    assert log is not None
    assert 0 <= top["y"] - log["y"] < 60
    form_of(chat).get_by_role("button", name="Send").click()
    expect(chat.alert).to_have_text(EMPTY)
    chat.page.get_by_label("Number 7").check()
    form_of(chat).get_by_role("button", name="Send").press("Enter")
    accepted = {"type": "thread.item.replaced", "item": questions(long, status="answered")}
    chat.events(accepted, done(assistant_message("I see.")))
    chat.end()
    expect(chat.answers.last).to_be_in_viewport()


def test_focus_stays_with_a_person_who_is_writing(chat: FakeServiceChat) -> None:
    chat.begin()
    chat.composer.press_sequentially("And")
    chat.events(done(FORM))
    chat.end()
    expect(form_of(chat)).to_be_visible()
    expect(chat.composer).to_be_focused()
    expect(chat.page.get_by_role("status")).to_contain_text("3 questions: Which color?")


def test_next_question_gets_the_focus_again(chat: FakeServiceChat) -> None:
    ask(chat, COLORS)
    chat.button("Skip").press("Enter")
    given(chat)
    closed = {"type": "thread.item.replaced", "item": questions(COLORS, status="skipped")}
    chat.events(closed, done(questions(NOTE, item_id="q_2")))
    chat.end()
    expect(form_of(chat)).to_be_focused()
    expect(chat.page.get_by_role("status")).to_have_text("Question: Anything else?")


def test_answer_again_is_not_offered_while_a_question_is_open(chat: FakeServiceChat) -> None:
    chat.begin()
    chat.events(done(assistant_message("One moment.")), done(FORM))
    chat.end()
    expect(form_of(chat)).to_be_visible()
    expect(chat.button("Answer again")).to_have_count(0)
    expect(chat.page.get_by_role("status")).to_contain_text("One moment.")
