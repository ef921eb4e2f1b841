"""Forms in widgets: native fields, whose values travel in the action's payload."""

from typing import Any

from playwright.sync_api import Locator, expect

from tests.system.page.open_client.chat import (
    Event,
    FakeServiceChat,
    assistant_message,
    done,
    item,
    user_message,
)

SAVE = {"type": "save", "payload": {"id": "t1"}}
SUBMIT = {"type": "Button", "label": "Save", "submit": True}
TITLE = {"type": "Input", "name": "title", "required": True, "placeholder": "What?"}


def form(*children: dict[str, Any], action: dict[str, Any] = SAVE) -> Event:
    root = {"type": "Form", "onSubmitAction": action, "children": [*children, SUBMIT]}
    return widget({"type": "Card", "children": [root]})


def widget(root: dict[str, Any]) -> Event:
    return item("widget", "wid_1", widget=root)


def shown(chat: FakeServiceChat, shown_widget: Event) -> Locator:
    chat.stored(user_message("Hello"), shown_widget)
    chat.mount(initialThread="thr_1")
    card = chat.page.get_by_role("article", name="Card")
    expect(card.get_by_role("button").first).to_be_visible()
    return card


def sent(chat: FakeServiceChat) -> Any:
    """Return the payload of the only action that was sent."""
    expect(chat.button("Stop")).to_be_visible()
    [params] = chat.requested("threads.custom_action")
    assert params["item_id"] == "wid_1"
    return params["action"]["payload"]


def test_values_are_sent_under_the_names_of_their_fields(chat: FakeServiceChat) -> None:
    options = [{"value": "h", "label": "High"}, {"value": "l", "label": "Low"}]
    card = shown(
        chat,
        form(
            {"type": "Label", "value": "Title", "fieldName": "todo.title"},
            {"type": "Input", "name": "todo.title"},
            {"type": "Textarea", "name": "todo.notes", "placeholder": "Notes"},
            {"type": "Select", "name": "priority", "options": options, "placeholder": "Priority"},
            {"type": "Checkbox", "name": "urgent", "label": "Urgent"},
            {"type": "DatePicker", "name": "due", "placeholder": "Due"},
            {"type": "RadioGroup", "name": "list", "options": options, "ariaLabel": "List"},
        ),
    )
    card.get_by_label("Title").fill("Milk")
    card.get_by_label("Notes").fill("Two\nliters")
    card.get_by_label("Priority").select_option("High")
    card.get_by_label("Urgent").check()
    expect(card.get_by_text("Due")).to_be_visible()
    card.get_by_label("Due").fill("2026-12-01")
    card.get_by_role("radiogroup", name="List").get_by_label("Low").check()
    chat.button("Save").click()
    assert sent(chat) == {
        "id": "t1",
        "todo": {"title": "Milk", "notes": "Two\nliters"},
        "priority": "h",
        "urgent": True,
        "due": "2026-12-01",
        "list": "l",
    }


def test_fields_begin_with_their_defaults_and_empty_choices_are_left_out(
    chat: FakeServiceChat,
) -> None:
    options = [{"value": "h", "label": "High"}]
    shown(
        chat,
        form(
            {"type": "Input", "name": "title", "defaultValue": "Milk"},
            {"type": "Input", "name": "count", "inputType": "number"},
            {"type": "Select", "name": "priority", "options": options, "defaultValue": "h"},
            {"type": "Select", "name": "other", "options": options},
            {"type": "Checkbox", "name": "urgent", "defaultChecked": True},
            {"type": "DatePicker", "name": "due", "defaultValue": "2026-12-01T09:00:00Z"},
            {"type": "DatePicker", "name": "until"},
            {"type": "RadioGroup", "name": "list", "options": options},
            {"type": "Text", "value": "Old", "editable": {"name": "name"}},
            {"type": "Input", "name": "fixed", "defaultValue": "x", "disabled": True},
        ),
    )
    chat.button("Save").click()
    assert sent(chat) == {
        "id": "t1",
        "title": "Milk",
        "priority": "h",
        "urgent": True,
        "due": "2026-12-01",
        "name": "Old",
    }


def test_field_is_named_by_its_label_or_its_placeholder(chat: FakeServiceChat) -> None:
    card = shown(
        chat,
        form(
            {"type": "Checkbox", "name": "urgent", "placeholder": "Unused"},
            {"type": "Label", "value": "It is urgent", "fieldName": "urgent"},
            {"type": "Input", "name": "by-placeholder", "placeholder": "Title"},
            {"type": "Input", "name": "by-name"},
        ),
    )
    card.get_by_text("It is urgent").click()
    expect(card.get_by_role("checkbox", name="It is urgent", exact=True)).to_be_checked()
    expect(card.get_by_role("textbox", name="Title", exact=True)).to_be_visible()
    expect(card.get_by_role("textbox", name="by-name", exact=True)).to_be_visible()


def test_key_of_the_payload_wins_over_a_field(chat: FakeServiceChat) -> None:
    names = ("id", "__proto__.polluted", "constructor", "submit")
    fields = [{"type": "Input", "name": name, "defaultValue": "x"} for name in names]
    shown(chat, form(*fields))
    chat.button("Save").click()
    assert sent(chat) == {
        "id": "t1",
        "__proto__": {"polluted": "x"},
        "constructor": "x",
        "submit": "x",
    }
    assert chat.page.evaluate("({}).polluted") is None


def test_invalid_form_sends_nothing_and_focuses_the_field(chat: FakeServiceChat) -> None:
    card = shown(chat, form(TITLE, {"type": "Input", "name": "zip", "pattern": "[0-9]{5}"}))
    chat.button("Save").click()
    expect(card.get_by_label("What?")).to_be_focused()
    card.get_by_label("What?").fill("Milk")
    card.get_by_label("zip").fill("123")
    chat.button("Save").click()
    expect(card.get_by_label("zip")).to_be_focused()
    assert chat.requested("threads.custom_action") == []
    card.get_by_label("zip").fill("12345")
    card.get_by_label("zip").press("Enter")
    assert sent(chat) == {"id": "t1", "title": "Milk", "zip": "12345"}


def test_card_as_a_form_checks_its_fields_on_confirm_only(chat: FakeServiceChat) -> None:
    confirm = {"label": "Add", "action": SAVE}
    cancel = {"label": "Not now", "action": {"type": "skip"}}
    root = {"type": "Card", "asForm": True, "children": [TITLE]}
    card = shown(chat, widget(root | {"confirm": confirm, "cancel": cancel}))
    chat.button("Add").click()
    expect(card.get_by_label("What?")).to_be_focused()
    assert chat.requested("threads.custom_action") == []
    chat.button("Not now").click()
    assert sent(chat) == {"title": ""}


def test_double_press_sends_once_and_buttons_wait_for_the_end(chat: FakeServiceChat) -> None:
    card = shown(chat, form(TITLE))
    card.get_by_label("What?").fill("Milk")
    save = chat.button("Save")
    save.dblclick()
    expect(save).to_have_attribute("aria-disabled", "true")
    expect(card).to_have_attribute("aria-busy", "true")
    expect(save).to_be_focused()
    assert sent(chat) == {"id": "t1", "title": "Milk"}
    chat.end()
    expect(save).not_to_have_attribute("aria-disabled", "true")


def test_failed_action_keeps_what_was_entered(chat: FakeServiceChat) -> None:
    refused = {"status": 409, "body": {"message": "Not now."}}
    chat.answer_to("threads.custom_action", refused)
    card = shown(chat, form(TITLE))
    card.get_by_label("What?").fill("Milk")
    chat.button("Save").click()
    expect(chat.alert.filter(has_text="Not now.")).to_be_visible()
    expect(card.get_by_label("What?")).to_have_value("Milk")


def test_form_says_that_another_answer_is_being_written(chat: FakeServiceChat) -> None:
    card = shown(chat, form(TITLE))
    card.get_by_label("What?").fill("Milk")
    chat.send("Something else")
    chat.button("Save").click()
    expect(card.get_by_role("alert")).to_have_text(
        "Another answer is still being written. Try again after it."
    )
    expect(card.get_by_label("What?")).to_have_value("Milk")
    assert chat.requested("threads.custom_action") == []


def test_changed_widget_keeps_entered_values_and_the_focus(chat: FakeServiceChat) -> None:
    notes = {"type": "Textarea", "name": "notes", "placeholder": "Notes"}
    card = shown(chat, form(TITLE, notes))
    card.get_by_label("What?").fill("Milk")
    chat.send("Something else")
    chat.events(done(user_message("Something else", "msg_2")), done(assistant_message("Sure")))
    card.get_by_label("Notes").fill("Two")
    other = notes | {"defaultValue": "Three"}
    warning = {"type": "Text", "value": "Say how much"}
    changed = form(warning, TITLE, other)
    chat.events({"type": "thread.item.replaced", "item": changed})
    expect(card).to_contain_text("Say how much")
    expect(card.get_by_label("What?")).to_have_value("Milk")
    expect(card.get_by_label("Notes")).to_have_value("Three")
    expect(card.get_by_label("Notes")).to_be_focused()


def test_changed_field_sends_its_action_with_its_value(chat: FakeServiceChat) -> None:
    action = {"type": "sort", "payload": {"list": "l1"}}
    options = [{"value": "due", "label": "By date"}, {"value": "name", "label": "By name"}]
    select = {"type": "Select", "name": "order", "options": options, "onChangeAction": action}
    chat.stored(user_message("Hello"), widget({"type": "Card", "children": [select]}))
    chat.mount(initialThread="thr_1")
    chat.page.get_by_label("order").select_option("By name")
    assert sent(chat) == {"list": "l1", "order": "name"}


def test_client_action_gets_the_values_too(chat: FakeServiceChat) -> None:
    chat.stored(user_message("Hello"), form(TITLE, action=SAVE | {"handler": "client"}))
    chat.page.evaluate(
        """host.mount({initialThread: 'thr_1', widgets: {onAction: async (action) => {
            host.called.push(action.payload);
            throw new Error('no map');
        }}})"""
    )
    errors: list[str] = []
    chat.page.once("pageerror", lambda error: errors.append(error.message))
    chat.page.get_by_label("What?").fill("Milk")
    chat.button("Save").click()
    expect(chat.page.get_by_role("article", name="Card").get_by_role("alert")).to_have_text(
        "This did not work. Please try again."
    )
    assert chat.page.evaluate("host.called") == [{"id": "t1", "title": "Milk"}]
    assert errors == ["no map"]
    assert chat.requested("threads.custom_action") == []
