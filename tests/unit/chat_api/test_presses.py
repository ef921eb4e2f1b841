"""What a button press writes, and what is reported when it only partly succeeds."""

import asyncio
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from agents.testing import assistant_message
from botocore.exceptions import EndpointConnectionError

from chat_api.store.dynamo import DynamoStore
from chat_api.store.keys import is_note
from chat_api.store.transcript import Transcript
from task_tools.models import Changes
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.store.conversation import request_of
from tests.unit.chat_api.store.interrupted import Requests
from tests.unit.chat_api.test_actions import shown_list
from tests.unit.chat_api.test_shown_tasks import titles
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.wire import of_type, types

WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PutObject"}
DID = ("completed", "deleted")
both_ways = pytest.mark.parametrize("streamed", [False, True])


def unreachable() -> None:
    raise EndpointConnectionError(endpoint_url="http://dynamodb")


@pytest.fixture
def requests() -> Requests:
    return Requests()


def rows_of(thread: str) -> list[dict[str, Any]]:
    """Return all rows of a thread's partition."""
    rows = boto3.client("dynamodb").scan(TableName="threads")["Items"]
    return [row for row in rows if row["pk"]["S"].endswith(thread)]


def notes(thread: str) -> list[str]:
    return [row["sk"]["S"] for row in rows_of(thread) if is_note(row["sk"]["S"])]


def shown_text(chat: Chat, answer: Any, *, streamed: bool) -> str:
    """Return all text that a response shows the user."""
    if not streamed:
        return str(answer.text)
    return " ".join(event.get("message") or "" for event in chat.events(answer))


def widget_in(chat: Chat, answer: Any, *, streamed: bool) -> Any:
    if not streamed:
        return answer.json()["updated_item"]["widget"]
    [event] = [each for each in chat.events(answer) if each["type"] == "thread.item.replaced"]
    return event["item"]["widget"]


async def next_model_input(chat: Chat, thread: str) -> str:
    """Return the model's input for the next message."""
    chat.model.extend([[assistant_message("Well done!")]])
    await chat.say("And?", thread)
    return str(chat.last_call.input)


def before_the_call(tool_function: ToolFunction, hook: Callable[[], object]) -> None:
    """Run `hook` after the list is read and before the tool is called."""
    begun = tool_function.invocations

    def before() -> None:
        if tool_function.invocations == begun + 2:
            hook()

    tool_function.before = before


@both_ways
@pytest.mark.parametrize("label", ["Done", "Delete"])
async def test_press_without_a_change_writes_nothing_and_shows_the_list(
    chat: Chat, requests: Requests, tool_function: ToolFunction, label: str, streamed: bool
) -> None:
    shown = await shown_list(chat, "milk", "bread")
    await shown.press(label)
    tool_function.calls.clear()
    requests.clear()
    answer = await shown.press(label, streamed=streamed)
    assert WRITES.isdisjoint(requests)
    assert not {"complete_task", "delete_task"} & set(tool_function.calls)
    assert "already" in shown_text(chat, answer, streamed=streamed)
    left = titles(widget_in(chat, answer, streamed=streamed))
    assert len(left) == (2 if label == "Done" else 1)


async def test_presses_between_two_turns_share_one_row_for_the_model(chat: Chat) -> None:
    shown = await shown_list(chat, "milk", "bread", "eggs")
    pressed = [shown.action(label, row) for row in range(3) for label in ("Done", "Delete")]
    for action in pressed:
        await shown.press("Done", action=action)
    assert len(notes(shown.thread)) == 1
    given = await next_model_input(chat, shown.thread)
    did = [f"{did} the task “{each}”" for each in ("milk", "bread", "eggs") for did in DID]
    assert [given.count(each) for each in did] == [1] * 6
    positions = sorted(given.index(each) for each in did)
    assert given.index("Done.") < positions[0] < positions[-1] < given.index("And?")
    kinds = {row["sk"]["S"].partition("#")[0] for row in rows_of(shown.thread)}
    assert kinds == {"item", "transcript"}


async def test_presses_after_another_turn_get_a_new_row(chat: Chat) -> None:
    shown = await shown_list(chat, "milk", "bread")
    pressed = [title for title, _ in titles(shown.item["widget"])]
    await shown.press("Done")
    await next_model_input(chat, shown.thread)
    await shown.press("Done", action=shown.action("Done", 1))
    given = await next_model_input(chat, shown.thread)
    assert len(notes(shown.thread)) == 2
    positions = [given.index(f"completed the task “{each}”") for each in pressed]
    assert positions[0] < given.index("Well done!") < positions[1]


@both_ways
@pytest.mark.parametrize("deleted", ["the list", "the thread"])
async def test_slow_press_does_not_restore_a_deleted_list_and_reports_its_change(
    chat: Chat,
    store: DynamoStore,
    transcript: Transcript,
    tool_function: ToolFunction,
    deleted: str,
    streamed: bool,
) -> None:
    shown = await shown_list(chat, "milk")
    asked = of_type(await chat.shown(shown.thread), "user_message")[0]["id"]

    def delete() -> None:
        context = request_of("alice")
        if deleted == "the list":
            asyncio.run(transcript.take_back(shown.thread, asked, [], context))
        else:
            asyncio.run(store.delete_thread(shown.thread, context))

    before_the_call(tool_function, delete)
    answer = await shown.press("Done", streamed=streamed)
    text = shown_text(chat, answer, streamed=streamed)
    assert "“milk” was completed" in text
    assert "no longer part of this conversation" in text
    if streamed:
        assert types(chat.events(answer)) == ["stream_options", "notice"]
    else:
        assert answer.status_code == 404
    left = [row["sk"]["S"].partition("#")[0] for row in rows_of(shown.thread)]
    # The retried message, its turn and the note.
    assert left == (["item", "transcript", "transcript"] if deleted == "the list" else [])
    assert len(notes(shown.thread)) == (1 if deleted == "the list" else 0)


async def test_model_sees_a_press_whose_list_was_removed_meanwhile(
    chat: Chat, transcript: Transcript, tool_function: ToolFunction
) -> None:
    shown = await shown_list(chat, "milk")
    asked = of_type(await chat.shown(shown.thread), "user_message")[0]["id"]
    context = request_of("alice")
    before_the_call(
        tool_function,
        lambda: asyncio.run(transcript.take_back(shown.thread, asked, [], context)),
    )
    assert (await shown.press("Done")).status_code == 404
    given = await next_model_input(chat, shown.thread)
    assert given.count("completed the task “milk”") == 1


async def test_concurrent_presses_do_not_hide_each_others_changes(
    chat: Chat, store: DynamoStore, tool_function: ToolFunction
) -> None:
    shown = await shown_list(chat, "milk", "bread")
    [pressed, other] = [title for title, _ in titles(shown.item["widget"])]

    def press_the_other() -> None:
        tool_function.tasks.change("alice", other, Changes(status="done"))
        context = request_of("alice")
        item: Any = asyncio.run(store.load_item(shown.thread, shown.item["id"], context))
        changed = item.model_copy(update={"copy_text": f"[x] {other}"})
        asyncio.run(store.save_item(shown.thread, changed, context))

    before_the_call(tool_function, press_the_other)
    answer = await shown.press("Done")
    both = [(pressed, True), (other, True)]
    assert titles(answer.json()["updated_item"]["widget"]) == both
    [item] = of_type(await chat.shown(shown.thread), "widget")
    assert titles(item["widget"]) == both


@both_ways
async def test_unreadable_list_leaves_the_task_unchanged(
    chat: Chat, tool_function: ToolFunction, streamed: bool
) -> None:
    shown = await shown_list(chat, "milk")
    tool_function.breaks_at = "list_tasks"
    answer = await shown.press("Delete", streamed=streamed)
    assert "cannot be reached" in shown_text(chat, answer, streamed=streamed)
    assert "delete_task" not in tool_function.calls
    assert tool_function.titles("alice") == ["milk"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"color": "red"},
        {"status": "late"},
        {"due_before": "tomorrow"},
        {"due_before": "2026-02-30"},
        {"text": ""},
        {"cursor": "x"},
    ],
)
async def test_invalid_list_is_refused_before_the_tool_is_called(
    chat: Chat, tool_function: ToolFunction, arguments: dict[str, str]
) -> None:
    shown = await shown_list(chat, "milk")
    action = shown.action("Delete")
    action["payload"]["shown"] = arguments
    assert (await shown.press("Delete", action=action)).status_code == 400
    assert tool_function.titles("alice") == ["milk"]


@both_ways
async def test_list_that_cannot_be_stored_is_shown_with_a_message(
    chat: Chat, requests: Requests, streamed: bool
) -> None:
    shown = await shown_list(chat, "milk")
    requests.before("PutItem", unreachable, times=100)
    answer = await shown.press("Done", streamed=streamed)
    assert answer.status_code == 200
    text = shown_text(chat, answer, streamed=streamed)
    assert "“milk” was completed. This could not be saved" in text
    assert titles(widget_in(chat, answer, streamed=streamed)) == [("milk", True)]


async def test_note_is_kept_if_the_list_is_not_stored(chat: Chat, requests: Requests) -> None:
    shown = await shown_list(chat, "milk")
    requests.before("PutItem", unreachable)
    assert "could not be saved" in (await shown.press("Done")).text
    assert "completed the task “milk”" in await next_model_input(chat, shown.thread)


async def test_unreadable_tool_response_does_not_undo_the_change(
    chat: Chat, tool_function: ToolFunction
) -> None:
    shown = await shown_list(chat, "milk")
    tool_function.garbles = "complete_task"
    answer = await shown.press("Done")
    assert titles(answer.json()["updated_item"]["widget"]) == [("milk", True)]
    assert "completed the task “milk”" in await next_model_input(chat, shown.thread)


async def test_task_deleted_before_the_call_is_reported_as_not_done(
    chat: Chat, tool_function: ToolFunction
) -> None:
    shown = await shown_list(chat, "milk")
    before_the_call(tool_function, lambda: tool_function.tasks.delete("alice", "milk"))
    answer = await shown.press("Done")
    assert "did not work" in answer.text
    assert notes(shown.thread) == []


async def test_completed_task_disappears_from_a_list_of_open_tasks(chat: Chat) -> None:
    shown = await shown_list(chat, "milk", "bread")
    action = shown.action("Done")
    action["payload"]["shown"] = {"status": "open"}
    answer = await shown.press("Done", action=action)
    [_, left] = [title for title, _ in titles(shown.item["widget"])]
    assert titles(answer.json()["updated_item"]["widget"]) == [(left, False)]
