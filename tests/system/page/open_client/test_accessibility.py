"""axe-core finds no serious problem in the main states of the chat.

These are start, conversation, running answer, questions, failure and chat list.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.system.e2e.service import ROOT
from tests.system.page.npm_packages import require
from tests.system.page.open_client.chat import (
    FakeServiceChat,
    added,
    assistant_message,
    choice,
    delta,
    done,
    free_text,
    item,
    questions,
    task,
    tool_call,
    user_message,
    workflow,
)
from tests.system.page.open_client.rich_items import rich_items

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = pytest.mark.deep
SERIOUS = ("serious", "critical")
TEXT = """# Plan

**Do** *these*: `one`

1. Buy [groceries](https://example.com)
   - milk

> Small steps

```
code that is so long that the box around it must be scrolled from left to right and back again
```
"""


def findings(chat: FakeServiceChat) -> list[str]:
    require(AXE)
    chat.page.evaluate(AXE.read_text())
    result = chat.page.evaluate("axe.run()")
    return [
        f"{found['id']}: {node['html']} {node['failureSummary']}"
        for found in result["violations"]
        if found["impact"] in SERIOUS
        for node in found["nodes"]
    ]


@pytest.fixture(params=["light", "dark"])
def themed(request: pytest.FixtureRequest, chat: FakeServiceChat) -> Callable[..., None]:
    return lambda **options: chat.mount(theme=request.param, **options)


def test_start_screen_is_accessible(chat: FakeServiceChat, themed: Callable[..., None]) -> None:
    themed(startScreen={"prompts": [{"label": "Groceries", "prompt": "x"}]})
    assert findings(chat) == []


def test_conversation_is_accessible(chat: FakeServiceChat, themed: Callable[..., None]) -> None:
    rows = [
        {"type": "ListViewItem", "children": [{"type": "Text", "value": "A", "lineThrough": True}]},
        {"type": "Badge", "label": "late", "color": "danger"},
        {"type": "Badge", "label": "done", "color": "success"},
        {"type": "Button", "label": "Go", "onClickAction": {"type": "x"}, "style": "primary"},
    ]
    chat.stored(
        user_message("Hello"),
        workflow(task("Look", "complete"), expanded=True),
        item("widget", "w_1", widget={"type": "ListView", "children": rows}),
        assistant_message(TEXT),
    )
    themed(initialThread="thr_1", threadItemActions={"retry": True}, disclaimer={"text": "Hm."})
    expect(chat.answers).to_have_count(1)
    assert findings(chat) == []


def test_running_answer_is_accessible(chat: FakeServiceChat, themed: Callable[..., None]) -> None:
    themed()
    chat.begin()
    chat.events(
        added(workflow(task("Look", "loading"))), added(assistant_message("")), delta("- a")
    )
    expect(chat.answers).to_have_text("a")
    assert findings(chat) == []


def test_questions_are_accessible(chat: FakeServiceChat, themed: Callable[..., None]) -> None:
    approval = choice("May it do this?\n" + "city: Rome\n" * 30, "Yes", "No", question_id="a")
    several = choice("Which ones?", "Red", "Blue", question_id="b", multiple=True)
    asked = [approval, several, free_text("Anything else?", description="In a few words.")]
    answered = [each | {"answer": {"values": ["Yes"], "skipped": False}} for each in asked]
    chat.stored(
        questions(*answered, item_id="q_0", status="answered"),
        questions(*asked, item_id="q_1", status="skipped"),
        user_message("Hello"),
        tool_call(),
        questions(*asked, item_id="q_2"),
    )
    themed(initialThread="thr_1")
    chat.button("Send answers").click()
    expect(chat.alert).to_have_count(2)
    assert findings(chat) == []


def test_rich_items_are_accessible(chat: FakeServiceChat, themed: Callable[..., None]) -> None:
    chat.stored(*rich_items(), status={"type": "locked", "reason": "A colleague looks into it."})
    themed(initialThread="thr_1")
    expect(chat.page.get_by_role("img", name="Generated image")).to_be_visible()
    expect(chat.button("Save")).to_be_visible()
    assert findings(chat) == []


def test_errors_and_notices_are_accessible(
    chat: FakeServiceChat, themed: Callable[..., None]
) -> None:
    themed()
    chat.begin()
    chat.events(
        done(assistant_message("Hello")),
        {"type": "notice", "level": "info", "message": "[More](https://example.com)"},
        {"type": "error", "message": "Busy.", "allow_retry": True},
    )
    chat.end()
    expect(chat.alert).to_be_visible()
    assert findings(chat) == []


@pytest.mark.parametrize("button", ["Rename One", "Delete One"])
def test_chat_list_is_accessible(
    chat: FakeServiceChat, themed: Callable[..., None], button: str
) -> None:
    threads = [
        {"id": f"thr_{number}", "title": title, "created_at": "2026-11-20T10:00:00Z"}
        for number, title in ((1, "One"), (2, "Two"))
    ]
    chat.answer_to("threads.list", {"data": threads, "has_more": True, "after": "x"})
    themed(initialThread="thr_2")
    chat.button("Chats").click()
    chat.button(button).click()
    assert findings(chat) == []


def test_failed_dictation_is_accessible(chat: FakeServiceChat, themed: Callable[..., None]) -> None:
    themed(composer={"dictation": {"enabled": True}})
    # Without a microphone, or without the right to use it.
    chat.button("Dictate").click()
    expect(chat.alert).to_be_visible()
    assert findings(chat) == []
