"""Calls of tools that the person approves or declines, in the server's words."""

import pytest
from playwright.sync_api import expect

from tests.system.page.browser import wait_in
from tests.system.page.open_client.chat import FakeServiceChat, choice, done, questions

SUBMIT = "threads.add_structured_input"
OPTIONS = ("Yes, do it", "Yes, and allow this tool with any arguments in this chat", "No")
ARGUMENTS = "\n".join(f"argument_{number}: {'x' * 200}" for number in range(12))
QUESTION = f"May the assistant do this: Delete a task (tasks)?\n{ARGUMENTS}"


@pytest.fixture
def chat(chat: FakeServiceChat) -> FakeServiceChat:
    chat.mount()
    chat.begin()
    chat.events(done(questions(choice(QUESTION, *OPTIONS, question_id="call_1"))))
    chat.end()
    return chat


@pytest.mark.parametrize("option", OPTIONS)
def test_exact_option_is_sent(chat: FakeServiceChat, option: str) -> None:
    chat.page.get_by_role("radio", name=option, exact=True).press("Space")
    chat.page.keyboard.press("Enter")
    wait_in(chat.page, "host.service.requested.some(({type}) => /structured/.test(type))")
    [params] = chat.requested(SUBMIT)
    assert params["input"]["answers"] == {"call_1": {"values": [option], "skipped": False}}


def test_nothing_is_preselected_and_no_stray_key_approves(chat: FakeServiceChat) -> None:
    expect(chat.page.get_by_role("radio", checked=True)).to_have_count(0)
    for key in ("Enter", "Space", "y", "ArrowDown", "Enter"):
        chat.page.keyboard.press(key)
    chat.composer.focus()
    for key in ("Enter", "Space", "Enter"):
        chat.page.keyboard.press(key)
    expect(chat.page.get_by_role("radio", checked=True)).to_have_count(0)
    assert chat.requested(SUBMIT) == []


def test_long_arguments_scroll_by_keyboard(chat: FakeServiceChat) -> None:
    details = chat.page.get_by_role("group", name="Details")
    expect(details).to_contain_text("argument_11: xxx")
    assert details.evaluate("box => box.scrollHeight > box.clientHeight")
    details.focus()
    chat.page.keyboard.press("End")
    wait_in(
        chat.page,
        """() => {
            const box = host.chat.shadowRoot.querySelector('.details');
            return box.scrollTop + box.clientHeight >= box.scrollHeight - 1;
        }""",
    )


def test_group_is_named_by_the_question_and_described_by_the_arguments(
    chat: FakeServiceChat,
) -> None:
    group = chat.page.get_by_role("group", name="May the assistant do this: Delete a task (tasks)?")
    expect(group).to_have_accessible_description(ARGUMENTS.replace("\n", " "))


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        ("\u202e", "\\u202e"),
        ("\u2066", "\\u2066"),
        ("\u200e", "\\u200e"),
        ("\u061c", "\\u061c"),
        ("\u200b", "\\u200b"),
        ("\ufeff", "\\ufeff"),
        ("\u00ad", "\\u00ad"),
        ("\U000e0041", "\\ue0041"),
    ],
)
def test_invisible_characters_are_shown(chat: FakeServiceChat, character: str, shown: str) -> None:
    spoof = choice(f"Which?\nname: {character}gpj.exe", f"Keep {character}it", question_id="call_2")
    chat.stored(questions(spoof, item_id="q_2"))
    chat.call("fetchUpdates")
    expect(chat.page.get_by_role("group", name="Details")).to_have_text(f"name: {shown}gpj.exe")
    expect(chat.page.get_by_role("radio", name=f"Keep {shown}it")).to_be_visible()


def test_joiners_stay_in_words_and_emoji(chat: FakeServiceChat) -> None:
    text = "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \U0001f469\u200d\U0001f4bb"
    chat.stored(questions(choice(f"Which?\n{text}", question_id="call_2"), item_id="q_2"))
    chat.call("fetchUpdates")
    details = chat.page.get_by_role("group", name="Details")
    expect(details).to_contain_text("\U0001f4bb")
    assert details.text_content() == text
