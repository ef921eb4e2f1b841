"""What an answer shows besides text: tool steps, the list with its buttons, and a title."""

from typing import Any

import httpx2

from tests.system.e2e.service import Stack, StreamedAnswer, User


def events_of(answer: StreamedAnswer, kind: str) -> list[dict[str, Any]]:
    return [event for event in answer.events if event["type"] == kind]


def press(user: User, thread: str, widget: dict[str, Any], label: str) -> httpx2.Response:
    """Press the first button with this label."""
    [row, *_] = [child for child in widget["widget"]["children"] if "key" in child]
    [action] = [part["onClickAction"] for part in row["children"] if part.get("label") == label]
    return user.ask(
        "threads.sync_custom_action",
        thread_id=thread,
        item_id=widget["id"],
        action={"type": action["type"], "payload": action["payload"]},
    )


def test_tool_steps_the_list_and_a_title_are_shown(stack: Stack) -> None:
    user = stack.user("mona")
    answer = user.say("Add a task to buy groceries")
    updates = [event["update"] for event in events_of(answer, "thread.item.updated")]
    titles = [update["task"]["title"] for update in updates if "task" in update]
    assert titles == ["Added “buy groceries”"]
    [updated] = events_of(answer, "thread.updated")
    opened = user.ask("threads.get_by_id", thread_id=answer.thread).json()
    assert opened["title"] == updated["thread"]["title"] == "Add a task to buy groceries"
    assert [item["type"] for item in opened["items"]["data"]] == [
        "user_message",
        "workflow",
        "assistant_message",
        "widget",
        "end_of_turn",
    ]


def test_a_button_of_the_list_completes_a_task_and_the_agent_knows(stack: Stack) -> None:
    user = stack.user("nora")
    thread = user.say("Add a task to water the plants").thread
    [widget] = [item for item in user.items(thread) if item["type"] == "widget"]
    answer = press(user, thread, widget, "Done")
    assert answer.status_code == 200, answer.text
    assert '"lineThrough":true' in answer.text
    assert "done" in user.say("What is on my list?", thread).text


def test_only_the_owner_of_a_thread_can_rate_it(stack: Stack) -> None:
    owner, other = stack.user("olga"), stack.user("paul")
    thread = owner.say("Hello").thread
    rating = {
        "thread_id": thread,
        "item_ids": [owner.items(thread)[-1]["id"]],
        "kind": "positive",
    }
    assert owner.ask("items.feedback", **rating).status_code == 200
    assert other.ask("items.feedback", **rating).status_code == 404
