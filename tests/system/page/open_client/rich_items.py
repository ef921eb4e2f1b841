"""A thread with one item of every rich kind."""

from typing import Any

from tests.system.page.open_client.chat import (
    Event,
    assistant_message,
    item,
    user_message,
    workflow,
)

# A gray pixel.
PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCB"
    "d81ytgAAAABJRU5ErkJggg=="
)
OPTIONS = [{"value": "h", "label": "High"}, {"value": "l", "label": "Low"}]


def rich_items(words: str = "Milk", picture: str = PICTURE) -> list[Event]:
    """Return the items, with these words in every text, and an image at this address."""
    source = {"type": "url", "title": words, "url": f"https://sky.example/{words}"}
    answer = assistant_message(words)
    file = {"type": "file", "title": words, "filename": "a.txt"}
    answer["content"][0]["annotations"] = [
        {"type": "annotation", "source": each} for each in (source, file)
    ]
    tasks: list[Event] = [
        {"type": "thought", "content": words, "status_indicator": "complete"},
        {"type": "web_search", "title": words, "queries": [words], "sources": [source]},
    ]
    return [
        user_message(words),
        workflow(*tasks, expanded=True),
        answer,
        item("generated_image", "i_1", image={"id": "img_1", "url": picture}),
        item("generated_image", "i_2", image=None),
        item("widget", "w_1", widget=form(words), copy_text=words),
    ]


def form(words: str) -> dict[str, Any]:
    fields = [
        {"type": "Title", "value": words},
        {"type": "Label", "value": words, "fieldName": "title"},
        {"type": "Input", "name": "title", "required": True, "defaultValue": words},
        {"type": "Textarea", "name": "notes", "placeholder": words},
        {"type": "Select", "name": "priority", "options": OPTIONS, "placeholder": "Priority"},
        {"type": "DatePicker", "name": "due", "placeholder": "Due"},
        {"type": "Checkbox", "name": "urgent", "label": words},
        {"type": "Label", "value": "List", "fieldName": "list"},
        {"type": "RadioGroup", "name": "list", "options": OPTIONS, "defaultValue": "h"},
        {"type": "Input", "name": "no", "placeholder": "Not now", "disabled": True},
    ]
    confirm = {"label": "Save", "action": {"type": "save"}}
    cancel = {"label": "Not now", "action": {"type": "skip"}}
    return {
        "type": "Card",
        "asForm": True,
        "children": fields,
        "confirm": confirm,
        "cancel": cancel,
    }
