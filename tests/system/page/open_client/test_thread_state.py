"""The thread's state after the events of a stream."""

from collections.abc import Callable
from typing import Any

from tests.system.page.open_client.chat import (
    THREAD,
    THREAD_CREATED,
    added,
    assistant_message,
    delta,
    done,
    item,
    task,
    updated,
    user_message,
    workflow,
)

type Pure = Callable[..., Any]


def text_of(state: dict[str, Any]) -> list[str]:
    return [part["text"] for each in state["items"] for part in each["content"]]


def test_created_thread_becomes_the_thread(pure: Pure) -> None:
    assert pure("thread", [THREAD_CREATED])["thread"]["id"] == "thr_1"


def test_updated_thread_has_its_new_title(pure: Pure) -> None:
    renamed = {"type": "thread.updated", "thread": THREAD | {"title": "Groceries"}}
    assert pure("thread", [THREAD_CREATED, renamed])["thread"]["title"] == "Groceries"


def test_deltas_are_appended_to_their_part(pure: Pure) -> None:
    state = pure("thread", [added(assistant_message("")), delta("Hello"), delta(" there")])
    assert text_of(state) == ["Hello there"]
    assert state["unfinished"] == ["msg_answer"]


def test_delta_creates_a_missing_part(pure: Pure) -> None:
    state = pure("thread", [added(item("assistant_message", "msg_answer", content=[])), delta("a")])
    assert text_of(state) == ["a"]


def test_done_item_replaces_the_added_item(pure: Pure) -> None:
    state = pure(
        "thread",
        [
            added(assistant_message("")),
            done(user_message("x")),
            done(assistant_message("All of it")),
        ],
    )
    assert text_of(state) == ["All of it", "x"]
    assert state["unfinished"] == []


def test_stored_message_replaces_the_one_being_sent(pure: Pure) -> None:
    sending = user_message("Hello", "sending")
    state = pure("thread", [done(user_message("Hello", "msg_1"))], [sending])
    assert [each["id"] for each in state["items"]] == ["msg_1"]


def test_annotations_are_inserted_at_their_index(pure: Pure) -> None:
    def annotation(title: str) -> dict[str, Any]:
        return {"type": "annotation", "source": {"type": "url", "title": title}}

    kind = "assistant_message.content_part.annotation_added"
    events = [
        updated(kind, content_index=0, annotation_index=0, annotation=annotation(title))
        for title in ("b", "a")
    ]
    [message] = pure("thread", [added(assistant_message("")), *events])["items"]
    titles = [each["source"]["title"] for each in message["content"][0]["annotations"]]
    assert titles == ["a", "b"]


def test_tasks_of_a_workflow_are_added_and_updated(pure: Pure) -> None:
    state = pure(
        "thread",
        [
            added(workflow(task("Look", "loading"))),
            updated("workflow.task.updated", "wf_1", task_index=0, task=task("Look", "complete")),
            updated("workflow.task.added", "wf_1", task_index=1, task=task("Add", "loading")),
        ],
    )
    tasks = state["items"][0]["workflow"]["tasks"]
    assert [(each["title"], each["status_indicator"]) for each in tasks] == [
        ("Look", "complete"),
        ("Add", "loading"),
    ]


def test_widget_component_and_root_are_updated(pure: Pure) -> None:
    text = {"type": "Text", "id": "t", "value": "Milk"}
    widget = item("widget", "w_1", widget={"type": "Card", "children": [{"type": "Row"} | text]})
    kind = "widget.streaming_text.value_delta"
    grown = updated(kind, "w_1", component_id="t", delta=" and bread", done=True)
    [first] = pure("thread", [added(widget), grown])["items"]
    assert first["widget"]["children"][0]["value"] == "Milk and bread"
    swapped = updated("widget.component.updated", "w_1", component_id="t", component={"type": "X"})
    [second] = pure("thread", [added(widget), swapped])["items"]
    assert second["widget"]["children"] == [{"type": "X"}]
    whole = updated("widget.root.updated", "w_1", widget={"type": "Basic", "children": []})
    [third] = pure("thread", [added(widget), whole])["items"]
    assert third["widget"] == {"type": "Basic", "children": []}


def test_removed_item_disappears_and_replaced_item_keeps_its_place(pure: Pure) -> None:
    start = [user_message("a", "1"), user_message("b", "2"), user_message("c", "3")]
    state = pure(
        "thread",
        [
            {"type": "thread.item.removed", "item_id": "1"},
            {"type": "thread.item.replaced", "item": user_message("B", "2")},
        ],
        start,
    )
    assert text_of(state) == ["B", "c"]


def test_progress_is_shown_until_another_item_is_visible(pure: Pure) -> None:
    progress = {"type": "progress_update", "text": "Looking"}
    assert pure("thread", [progress])["progress"] == "Looking"
    assert pure("thread", [progress, added(assistant_message(""))])["progress"] is None


def test_error_offers_a_retry_if_allowed(pure: Pure) -> None:
    [error, other] = [
        pure("thread", [{"type": "error", "message": "Busy", "allow_retry": allowed}])["failure"]
        for allowed in (True, False)
    ]
    assert error == {"message": "Busy", "steps": ["retry"]}
    assert other["steps"] == []


def test_error_without_a_message_gets_a_default(pure: Pure) -> None:
    failure = pure("thread", [{"type": "error", "code": "stream.error"}])["failure"]
    assert failure["message"] == "Something went wrong while answering."


def test_unknown_events_updates_and_items_change_nothing(pure: Pure) -> None:
    before = pure("thread", [added(assistant_message("a"))])
    after = pure(
        "thread",
        [added(assistant_message("a")), {"type": "thread.sparkled"}, updated("item.sparkled")],
    )
    assert after == before
