"""The 16 operations, each with a good request, its answer and some bad requests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chatkit.types import (
    Attachment,
    Page,
    SyncCustomActionResponse,
    Thread,
    ThreadItem,
    TranscriptionResult,
)
from pydantic import TypeAdapter

from tests.recordings import as_sent, dictation
from tests.system.e2e.service import User

type Params = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """The thread that the operations act on, with a task and its widget, and another user."""

    user: User
    other: User
    thread: str
    message: str
    widget: str
    task: str
    # A form that waits in a thread of its own, and a thread that waits for the page.
    form: dict[str, Any]
    waiting: str


@dataclass(frozen=True)
class Operation:
    """A request and its answer: JSON of a type, events of some types, or a refusal."""

    name: str
    params: Callable[[Target], Params]
    json: TypeAdapter[Any] | None = None
    events: tuple[str, ...] = ()
    # Further bad requests, as changes to the good one.
    bad: tuple[Params, ...] = ()

    @property
    def is_refused(self) -> bool:
        return self.json is None and not self.events


def words(text: str, **more: Any) -> Params:
    content = [{"type": "input_text", "text": text}]
    return {"content": content, "attachments": [], "inference_options": {}} | more


def action(kind: str) -> Callable[[Target], Params]:
    return lambda target: {
        "thread_id": target.thread,
        "item_id": target.widget,
        "action": {"type": kind, "payload": {"task_id": target.task}},
    }


def of_thread(**more: Any) -> Callable[[Target], Params]:
    return lambda target: {"thread_id": target.thread} | more


def new_attachment(target: Target) -> Params:
    created = target.user.ask("attachments.create", **TEXT_FILE).json()
    return {"attachment_id": created["id"]}


TEXT_FILE: Params = {"name": "a.txt", "size": 1, "mime_type": "text/plain"}
ATTACHMENT = TypeAdapter[Any](Attachment)
THREAD = TypeAdapter[Any](Thread)
THREADS = TypeAdapter[Any](Page[Thread])
ITEMS = TypeAdapter[Any](Page[ThreadItem])
UPDATED = TypeAdapter[Any](SyncCustomActionResponse)
SPOKEN = TypeAdapter[Any](TranscriptionResult)
NOTHING = TypeAdapter[Any](dict[None, None])
ITEM_EVENTS = ("thread.item.added", "thread.item.updated", "thread.item.done")
BAD_WORDS: tuple[Params, ...] = (
    {"input": words("")},
    {"input": words("Hi", inference_options={"model": "another"})},
    {"input": words("Hi", content=[{"type": "input_tag", "id": "1", "text": " ", "data": {}}])},
)
BAD_ACTIONS: tuple[Params, ...] = (
    {"action": {"type": "tasks.frame", "payload": {"task_id": "x"}}},
    {"action": {"type": "tasks.delete", "payload": {}}},
    {"item_id": None},
)
BAD_PAGES: tuple[Params, ...] = ({"limit": 0}, {"limit": 101}, {"order": "sideways"})
OPERATIONS = [
    Operation(
        "threads.create",
        lambda target: {"input": words("Hello")},
        events=("thread.created", "stream_options", *ITEM_EVENTS),
        bad=BAD_WORDS,
    ),
    Operation(
        "threads.add_user_message",
        of_thread(input=words("Hello")),
        events=("thread.item.done", "stream_options", *ITEM_EVENTS),
        bad=BAD_WORDS,
    ),
    Operation(
        "threads.custom_action",
        action("tasks.complete"),
        events=("stream_options", "thread.item.replaced"),
        bad=BAD_ACTIONS,
    ),
    Operation(
        "threads.add_client_tool_output",
        lambda target: {"thread_id": target.waiting, "result": {"time": "12:00"}},
        events=("stream_options", *ITEM_EVENTS),
    ),
    Operation(
        "threads.add_structured_input",
        lambda target: {
            "thread_id": target.form["thread_id"],
            "item_id": target.form["id"],
            "input": {"answers": {"q1": {"values": ["bread"]}}},
        },
        events=("stream_options", "thread.item.replaced", *ITEM_EVENTS),
        bad=({"input": {"status": "later"}}, {"input": {"answers": {"q1": {"values": 7}}}}),
    ),
    Operation("threads.get_by_id", of_thread(), THREAD),
    Operation(
        "threads.list",
        lambda target: {"limit": 1, "order": "desc"},
        THREADS,
        bad=BAD_PAGES,
    ),
    Operation(
        "threads.update", of_thread(title="Milk"), THREAD, bad=({"title": " "}, {"title": 7})
    ),
    Operation(
        "items.list",
        of_thread(limit=2, order="desc"),
        ITEMS,
        bad=BAD_PAGES,
    ),
    Operation(
        "items.feedback",
        lambda target: {
            "thread_id": target.thread,
            "item_ids": [target.message],
            "kind": "positive",
        },
        NOTHING,
        bad=({"kind": "so-so"}, {"item_ids": []}),
    ),
    Operation("threads.sync_custom_action", action("tasks.delete"), UPDATED, bad=BAD_ACTIONS),
    Operation(
        "attachments.create",
        lambda target: TEXT_FILE,
        ATTACHMENT,
        bad=({"name": "a/b.txt"}, {"size": 0}, {"mime_type": "image/svg+xml"}),
    ),
    Operation("attachments.delete", new_attachment, NOTHING),
    Operation(
        "input.transcribe",
        lambda target: dictation("Buy milk"),
        SPOKEN,
        bad=(as_sent(b""), as_sent(b"MZ"), {"audio_base64": "???"}, {"mime_type": "audio/ogg"}),
    ),
    # These two come last, because they delete the widget and the thread.
    Operation(
        "threads.retry_after_item",
        lambda target: {"thread_id": target.thread, "item_id": target.message},
        events=("stream_options", *ITEM_EVENTS),
    ),
    Operation("threads.delete", of_thread(), NOTHING),
]
