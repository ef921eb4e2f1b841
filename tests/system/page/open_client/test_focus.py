"""Focus stays in the chat when the focused element is removed."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.system.page.open_client.chat import (
    THREAD,
    FakeServiceChat,
    added,
    assistant_message,
    delta,
    done,
    item,
    user_message,
)

TASKS = ["Milk", "Dentist", "Rent"]


def task_list(*names: str) -> dict[str, Any]:
    """Return a widget with a row of buttons for each task."""
    rows = [
        {
            "type": "ListViewItem",
            "children": [
                {"type": "Text", "value": name},
                *(
                    {"type": "Button", "label": label, "onClickAction": {"type": label + name}}
                    for label in ("Done", "Delete")
                ),
            ],
        }
        for name in names
    ]
    return item("widget", "wid_1", widget={"type": "ListView", "children": rows})


def row_button(chat: FakeServiceChat, name: str, label: str) -> Locator:
    row = chat.page.get_by_role("listitem").filter(has_text=name)
    return row.get_by_role("button", name=label, exact=True)


@pytest.mark.parametrize("label", ["Done", "Delete"])
@pytest.mark.parametrize(
    ("pressed", "next_task"), [("Milk", "Dentist"), ("Dentist", "Rent"), ("Rent", "Dentist")]
)
def test_focus_moves_to_the_next_task_after_its_button(
    chat: FakeServiceChat, label: str, pressed: str, next_task: str
) -> None:
    chat.stored(user_message("Hello"), task_list(*TASKS))
    chat.mount(initialThread="thr_1")
    row_button(chat, pressed, label).press("Enter")
    left = [name for name in TASKS if name != pressed]
    replaced = {"type": "thread.item.replaced", "item": task_list(*left)}
    chat.events(replaced, item("end_of_turn", "end_1"))
    chat.end()
    expect(row_button(chat, next_task, label)).to_be_focused()


def test_focus_moves_to_the_list_after_the_last_task(chat: FakeServiceChat) -> None:
    chat.stored(user_message("Hello"), task_list("Milk"))
    chat.mount(initialThread="thr_1")
    row_button(chat, "Milk", "Delete").press("Enter")
    chat.events({"type": "thread.item.replaced", "item": task_list()})
    chat.end()
    expect(chat.page.get_by_role("article", name="Card")).to_be_focused()


def test_focus_moves_to_the_composer_after_a_widget_is_removed(chat: FakeServiceChat) -> None:
    chat.stored(user_message("Hello"), task_list("Milk"))
    chat.mount(initialThread="thr_1")
    row_button(chat, "Milk", "Delete").press("Enter")
    chat.events({"type": "thread.item.removed", "item_id": "wid_1"})
    chat.end()
    expect(chat.composer).to_be_focused()


def test_refused_button_keeps_focus(chat: FakeServiceChat) -> None:
    chat.stored(user_message("Hello"), task_list(*TASKS))
    chat.answer_to("threads.custom_action", {"status": 409, "body": {"message": "Not now."}})
    chat.mount(initialThread="thr_1")
    row_button(chat, "Dentist", "Done").press("Enter")
    expect(chat.alert).to_have_text("Not now.")
    expect(row_button(chat, "Dentist", "Done")).to_be_focused()


def test_new_items_do_not_move_focus(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(done(task_list(*TASKS)))
    row_button(chat, "Dentist", "Done").focus()
    chat.page.evaluate("host.blurred = 0")
    row_button(chat, "Dentist", "Done").evaluate("it => (it.onblur = () => (host.blurred += 1))")
    chat.events(added(assistant_message("")), delta("And more"))
    expect(chat.answers).to_have_text("And more")
    chat.end()
    expect(row_button(chat, "Dentist", "Done")).to_be_focused()
    assert chat.page.evaluate("host.blurred") == 0


def test_link_in_growing_text_keeps_focus(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(added(assistant_message("")), delta("See [one](https://x.org/1)"))
    chat.page.get_by_role("link", name="one").focus()
    chat.events(delta(" and [two](https://x.org/2)"))
    expect(chat.page.get_by_role("link", name="two")).to_be_visible()
    expect(chat.page.get_by_role("link", name="one")).to_be_focused()


def test_focus_moves_to_the_composer_if_the_answer_is_unstoppable(
    chat: FakeServiceChat,
) -> None:
    chat.mount()
    chat.composer.fill("Hello")
    chat.button("Send").press("Enter")
    chat.events({"type": "stream_options", "stream_options": {"allow_cancel": False}})
    expect(chat.button("Stop")).to_be_disabled()
    expect(chat.composer).to_be_focused()


def test_focus_moves_to_the_composer_after_a_start_screen_prompt(chat: FakeServiceChat) -> None:
    chat.mount(startScreen={"prompts": [{"label": "Groceries", "prompt": "Add groceries"}]})
    chat.button("Groceries").press("Enter")
    expect(chat.user_messages).to_have_text("Add groceries")
    expect(chat.composer).to_be_focused()


def test_focus_stays_in_the_chat_after_a_refused_prompt(
    chat: FakeServiceChat,
) -> None:
    chat.answer_to("threads.create", {"status": 409, "body": {"message": "Not now."}})
    chat.mount(startScreen={"prompts": [{"label": "Groceries", "prompt": "Add groceries"}]})
    chat.button("Groceries").press("Enter")
    expect(chat.alert).to_have_text("Not now.")
    expect(chat.composer).to_be_focused()


@pytest.mark.parametrize("name", ["Answer again", "Check for the answer", "Reload"])
def test_focus_moves_to_the_composer_after_a_failure_step(chat: FakeServiceChat, name: str) -> None:
    chat.stored(user_message("Hello"), assistant_message("Hello!"))
    if name == "Reload":
        chat.answer_to("items.list", {"status": 503, "body": {"message": "Not now."}})
        chat.mount(initialThread="thr_1")
    else:
        chat.mount(initialThread="thr_1", threadItemActions={"retry": True})
        expect(chat.answers).to_have_count(1)
    if name == "Check for the answer":
        chat.send("More")
        chat.events(done(user_message("More", "msg_2")))
        chat.break_off()
    chat.button(name).press("Enter")
    expect(chat.composer).to_be_focused()


def test_reloaded_chat_list_keeps_focus(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.answer_to("threads.list", {"status": 500, "body": {"message": "No list today."}})
    chat.button("Chats").click()
    chat.answer_to("threads.list", {"data": [THREAD | {"title": "One"}], "has_more": False})
    chat.button("Try again").press("Enter")
    expect(chat.button("Rename One")).to_be_visible()
    expect(chat.button("Close the list of chats")).to_be_focused()


@pytest.mark.parametrize("operation", ["update", "delete"])
def test_focus_stays_in_the_row_after_a_refused_change(
    chat: FakeServiceChat, operation: str
) -> None:
    chat.answer_to("threads.list", {"data": [THREAD | {"title": "One"}], "has_more": False})
    chat.answer_to(f"threads.{operation}", {"status": 400, "body": {"message": "Not that."}})
    chat.mount()
    chat.button("Chats").click()
    names = {"update": ("Rename One", "Save"), "delete": ("Delete One", "Delete")}
    for name in names[operation]:
        chat.button(name).press("Enter")
    expect(chat.history.get_by_role("alert")).to_have_text("Not that.")
    expect(chat.history.locator(":focus")).to_have_count(1)
