"""What the assistant does with the task tools, turn by turn."""

import json

import pytest

from local_stack.model.assistant.answer import answer
from local_stack.model.conversation import Call, Conversation, Reply, Tool, ToolCall, UserMessage
from tests.unit.local_stack.model.assistant.assistant_client import (
    SATURDAY,
    TOOLS,
    AssistantClient,
    tool,
)


def test_a_task_is_added_and_listed() -> None:
    user = AssistantClient()
    assert user.say("Add a task to buy groceries") == 'I have added "buy groceries" to your list.'
    assert user.say("What is on my list?") == "You have 1 task: buy groceries."


def test_a_list_names_every_task_and_its_state() -> None:
    user = AssistantClient("buy groceries", "call Mom")
    user.say("Mark call Mom as done")
    assert user.say("Show my tasks") == "You have 2 tasks: buy groceries and call Mom (done)."


def test_an_empty_list_is_called_empty() -> None:
    assert AssistantClient().say("What is on my list?") == "Your list is empty."


def test_independent_additions_share_a_step_and_the_list_waits_for_them() -> None:
    user = AssistantClient()
    text = user.say("Add a task to buy milk and add a task to call Mom, then show my list")
    assert user.steps == [
        [Call("add_task", {"title": "buy milk"}), Call("add_task", {"title": "call Mom"})],
        [Call("list_tasks", {})],
    ]
    assert text == (
        'I have added "buy milk" and "call Mom" to your list.'
        " You have 2 tasks: buy milk and call Mom."
    )


def test_a_task_is_completed_and_reopened() -> None:
    user = AssistantClient("buy milk")
    assert user.say("Mark buy milk as done") == 'I have marked "buy milk" as done.'
    assert user.say("Mark it as not done") == 'I have reopened "buy milk".'
    assert user.tasks == {"buy milk": {"done": False}}


def test_a_task_is_deleted() -> None:
    user = AssistantClient("buy milk", "call Mom")
    assert user.say("Delete buy milk") == 'I have deleted "buy milk".'
    assert list(user.tasks) == ["call Mom"]


def test_a_task_is_renamed() -> None:
    user = AssistantClient("buy milk")
    text = user.say("Rename buy milk to buy oat milk")
    assert text == 'I have renamed "buy milk" to "buy oat milk".'
    assert list(user.tasks) == ["buy oat milk"]


def test_it_means_the_task_that_a_tool_showed_last() -> None:
    user = AssistantClient("call Mom")
    user.say("Add a task to buy groceries")
    user.say("Thanks!")
    user.say("Please delete it")
    assert list(user.tasks) == ["call Mom"]


def test_it_may_mean_a_task_added_by_the_same_message() -> None:
    user = AssistantClient()
    user.say("Add a task to buy milk and mark it as done")
    assert user.tasks == {"buy milk": {"done": True}}


def test_the_list_is_read_again_after_a_change() -> None:
    user = AssistantClient("buy milk")
    text = user.say("Show my list. Delete buy milk. Show my list.")
    assert [call.name for [call] in user.steps] == ["list_tasks", "delete_task", "list_tasks"]
    assert text.endswith("Your list is empty.")


def test_a_list_of_an_earlier_turn_is_not_used_again() -> None:
    user = AssistantClient("buy milk")
    user.say("Show my list")
    user.tasks.clear()
    assert user.say("Show my list") == "Your list is empty."


def test_a_failed_call_is_reported_and_the_rest_continues() -> None:
    user = AssistantClient("call Mom")
    user.outputs["add_task"] = ["Error executing tool add_task: the list is full"]
    text = user.say("Add a task to buy milk, then delete call Mom")
    assert text == 'I could not add "buy milk": the list is full. I have deleted "call Mom".'


def test_an_unreadable_list_is_reported() -> None:
    user = AssistantClient()
    user.outputs["list_tasks"] = ["An error occurred while running the tool."]
    assert user.say("Show my list") == (
        "I could not read your task list: An error occurred while running the tool."
    )


def test_a_long_list_is_read_page_by_page() -> None:
    user = AssistantClient()
    pages = [
        {"tasks": [{"title": "buy milk"}], "next_cursor": "1"},
        {"tasks": [{"title": "call Mom"}], "next_cursor": None},
    ]
    user.outputs["list_tasks"] = [json.dumps(page) for page in pages]
    assert user.say("Show my list") == "You have 2 tasks: buy milk and call Mom."
    assert user.steps == [[Call("list_tasks", {})], [Call("list_tasks", {"cursor": "1"})]]


def test_a_tools_text_that_is_neither_a_task_nor_a_failure_is_shown() -> None:
    user = AssistantClient()
    user.outputs["add_task"] = ["Saved for later."]
    assert user.say("Add buy milk") == 'About "buy milk", the tool said: Saved for later.'


def test_the_answer_shows_the_title_that_the_tool_shows() -> None:
    user = AssistantClient()
    user.outputs["add_task"] = ['{"title": "Buy milk"}']
    assert user.say("Add buy milk") == 'I have added "Buy milk" to your list.'


@pytest.mark.parametrize("text", ["Add a task to buy milk and show my list", "Delete buy milk"])
def test_tools_that_are_not_offered_are_not_called(text: str) -> None:
    user = AssistantClient("buy milk", tools=())
    assert user.say(text) == "I cannot reach the task list right now."


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("Add a task to call Mom by Friday", {"title": "call Mom", "due_date": "2026-11-27"}),
        ("Add a task to call Mom with high priority", {"title": "call Mom", "priority": "high"}),
        (
            "Add a task to call Mom by 2026-12-01 with low priority",
            {"title": "call Mom", "due_date": "2026-12-01", "priority": "low"},
        ),
        (
            "Remind me to call Mom with high priority tomorrow",
            {"title": "call Mom", "due_date": "2026-11-22", "priority": "high"},
        ),
    ],
)
def test_a_due_date_and_a_priority_are_arguments_of_a_tool_that_takes_them(
    text: str, arguments: dict[str, str]
) -> None:
    user = AssistantClient(tools=(tool("add_task", "title", "due_date", "priority"),))
    user.say(text)
    assert user.steps == [[Call("add_task", arguments)]]


def test_a_due_date_and_a_priority_stay_in_the_title_for_any_other_tool() -> None:
    user = AssistantClient()
    user.say("Add a task to call Mom by Friday with high priority")
    assert list(user.tasks) == ["call Mom by Friday with high priority"]


def test_the_answer_shows_the_due_date_of_an_added_task() -> None:
    user = AssistantClient(tools=(tool("add_task", "title", "due_date"),))
    text = user.say("Add a task to call Mom tomorrow")
    assert text == 'I have added "call Mom" (due 2026-11-22) to your list.'


def test_a_call_without_a_result_is_repeated() -> None:
    entries = (UserMessage("list"), ToolCall("call_1", "list_tasks", "{}"))
    reply = answer(Conversation(entries, SATURDAY, tools=(Tool("list_tasks"), *TOOLS)))
    assert reply == Reply(calls=(Call("list_tasks", {}),))
