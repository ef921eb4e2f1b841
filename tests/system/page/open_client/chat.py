"""The chat as a user sees it, and a fake service that a test controls."""

import json
from typing import Any

from playwright.sync_api import Locator, Page, expect

type Event = dict[str, Any]


class Chat:
    """A page with an open chat. Locators pierce its shadow root."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.log = page.get_by_role("log", name="Messages")
        self.composer = page.get_by_role("textbox", name="Message")
        self.answers = page.locator(".from-assistant")
        self.user_messages = page.locator(".from-user .bubble")
        self.alert = page.get_by_role("alert")
        self.history = page.get_by_role("navigation", name="Chats")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def send(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")

    def ask(self, text: str) -> None:
        """Send a message and wait for the end of the answer."""
        before = self.answers.count()
        self.send(text)
        expect(self.answers).to_have_count(before + 1)
        self.expect_idle()

    def expect_idle(self) -> None:
        expect(self.button("Send")).to_be_visible()

    def dispatched(self, name: str) -> list[Any]:
        """Return the details of the events with this name that the chat has dispatched."""
        events: list[list[Any]] = self.page.evaluate("host.events")
        return [detail for each, detail in events if each == name]

    def call(self, method: str, *arguments: Any) -> Any:
        """Call a method of the element."""
        script = "([method, given]) => host.chat[method](...given)"
        return self.page.evaluate(script, [method, arguments])

    def call_soon(self, method: str, *arguments: Any) -> None:
        """Call a method without waiting for it to end."""
        script = "([method, given]) => void host.chat[method](...given)"
        self.page.evaluate(script, [method, arguments])


class FakeServiceChat(Chat):
    """A chat whose service the test controls."""

    def mount(self, **options: Any) -> None:
        self.page.evaluate("(options) => host.mount(options)", options)

    def answer_to(self, operation: str, answer: Any) -> None:
        self.page.evaluate(
            "([type, answer]) => (host.service.answers[type] = answer)", [operation, answer]
        )

    def answer_once(self, operation: str, answer: Any) -> None:
        """Let the service answer the next request of this operation only."""
        self.page.evaluate(
            "([type, answer]) => (host.service.once[type] = answer)", [operation, answer]
        )

    def requested(self, operation: str) -> list[Any]:
        """Return the parameters of this operation's requests so far."""
        # As JSON, because Playwright loses keys named `__proto__`.
        requested = json.loads(self.page.evaluate("JSON.stringify(host.service.requested)"))
        return [each["params"] for each in requested if each["type"] == operation]

    def text(self, text: str) -> None:
        """Send text on the open stream in one piece."""
        self.page.evaluate("(text) => host.service.text(text)", text)

    def bytes(self, data: bytes) -> None:
        self.page.evaluate("(data) => host.service.bytes(data)", list(data))

    def events(self, *events: Event) -> None:
        self.text("".join(f"data: {json.dumps(event)}\n\n" for event in events))

    def close_stream(self) -> None:
        self.page.evaluate("host.service.end()")

    def end(self) -> None:
        self.close_stream()
        self.expect_idle()

    def break_off(self) -> None:
        self.page.evaluate("host.service.breakOff()")
        self.expect_idle()

    def begin(self, text: str = "Hello") -> None:
        """Send a message that starts a thread and let the service accept it."""
        self.send(text)
        self.events(THREAD_CREATED, done(user_message(text)))

    def stored(self, *items: Event, **thread: Any) -> None:
        """Let the service return a thread with these items, oldest first."""
        self.answer_to("threads.get_by_id", THREAD | thread)
        self.answer_to("items.list", {"data": list(reversed(items)), "has_more": False})


THREAD = {"id": "thr_1", "created_at": "2026-11-20T10:00:00Z", "status": {"type": "active"}}
THREAD_CREATED = {"type": "thread.created", "thread": THREAD}


def item(kind: str, item_id: str, **fields: Any) -> Event:
    made = {"id": item_id, "thread_id": "thr_1", "created_at": "2026-11-20T10:00:00Z"}
    return {"type": kind} | made | fields


def user_message(text: str, item_id: str = "msg_user") -> Event:
    content = [{"type": "input_text", "text": text}]
    return item("user_message", item_id, content=content, attachments=[], inference_options={})


def assistant_message(text: str, item_id: str = "msg_answer") -> Event:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return item("assistant_message", item_id, content=content)


def workflow(*tasks: Event, item_id: str = "wf_1", **fields: Any) -> Event:
    flow = {"type": "custom", "tasks": list(tasks), "expanded": False} | fields
    return item("workflow", item_id, workflow=flow)


def tool_call(name: str = "open_map", status: str = "pending", **arguments: Any) -> Event:
    return item("client_tool_call", "tc_1", call_id="c", name=name, status=status) | {
        "arguments": arguments
    }


def questions(*inputs: Event, item_id: str = "q_1", status: str = "pending") -> Event:
    return item("structured_input", item_id, status=status, inputs=list(inputs))


def choice(text: str, *options: str, question_id: str = "c1", **fields: Any) -> Event:
    values = [{"value": option} for option in options]
    asked = {"type": "multiple_choice", "id": question_id, "question": text}
    return asked | {"options": values, "multiple": False, "answer": None} | fields


def free_text(text: str, question_id: str = "f1", **fields: Any) -> Event:
    return {"type": "freeform", "id": question_id, "question": text, "answer": None} | fields


def task(title: str, status: str = "none", **fields: Any) -> Event:
    return {"type": "custom", "title": title, "status_indicator": status} | fields


def added(thread_item: Event) -> Event:
    return {"type": "thread.item.added", "item": thread_item}


def done(thread_item: Event) -> Event:
    return {"type": "thread.item.done", "item": thread_item}


def updated(update: str, item_id: str = "msg_answer", **fields: Any) -> Event:
    return {
        "type": "thread.item.updated",
        "item_id": item_id,
        "update": {"type": update} | fields,
    }


def delta(text: str) -> Event:
    kind = "assistant_message.content_part.text_delta"
    return updated(kind, content_index=0, delta=text)
