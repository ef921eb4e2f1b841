"""The assistant turn by turn, against tools on a dict that stand for the caller's side."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import count

import pytest

from local_stack.model.assistant import answer
from local_stack.model.conversation import (
    AssistantMessage,
    Call,
    Conversation,
    Reply,
    Tool,
    ToolCall,
    ToolResult,
    UserMessage,
)

SATURDAY = date(2026, 11, 21)


def tool(name: str, *arguments: str) -> Tool:
    properties = {argument: {"type": "string"} for argument in arguments}
    return Tool(name, {"type": "object", "properties": properties, "required": list(arguments)})


TOOLS = (
    tool("add_task", "title"),
    tool("list_tasks"),
    tool("update_task", "task_id", "title"),
    tool("complete_task", "task_id"),
    tool("delete_task", "task_id"),
)


class Chat:
    """A caller: keeps the conversation, makes the calls, and hands back what the tools say."""

    def __init__(self, *titles: str, tools: tuple[Tool, ...] = TOOLS) -> None:
        self.ids = (str(number) for number in count(1))
        self.tasks = {str(next(self.ids)): {"title": title, "done": False} for title in titles}
        self.conversation = Conversation(entries=(), today=SATURDAY, tools=tools)
        self.steps: list[list[str]] = []
        self.broken: dict[str, str] = {}

    @property
    def titles(self) -> list[object]:
        return [task["title"] for task in self.tasks.values()]

    def say(self, text: str) -> str:
        self._append(UserMessage(text))
        self.steps = []
        while calls := (reply := answer(self.conversation)).calls:
            assert len(self.steps) < 10, "the assistant does not come to an end"
            self.steps.append([call.name for call in calls])
            made = [(f"call_{next(self.ids)}", call) for call in calls]
            self._append(*(ToolCall(i, c.name, json.dumps(c.arguments)) for i, c in made))
            self._append(*(ToolResult(i, self._run(c)) for i, c in made))
        self._append(AssistantMessage(reply.text))
        return reply.text

    def _append(self, *entries: UserMessage | AssistantMessage | ToolCall | ToolResult) -> None:
        entries = self.conversation.entries + entries
        self.conversation = replace(self.conversation, entries=entries)

    def _run(self, call: Call) -> str:
        if call.name in self.broken:
            return self.broken[call.name]
        return json.dumps(self._result(call.name, dict(call.arguments)))

    def _result(self, name: str, arguments: dict[str, object]) -> Mapping[str, object]:
        if name == "list_tasks":
            return {"tasks": [{"id": key, **task} for key, task in self.tasks.items()]}
        key = str(arguments.pop("task_id", None) or next(self.ids))
        if name == "delete_task":
            return {"deleted": self.tasks.pop(key)["title"]}
        done = {"done": True} if name == "complete_task" else {}
        self.tasks[key] = {"done": False, **self.tasks.get(key, {}), **arguments, **done}
        return {"id": key, **self.tasks[key]}


def test_a_task_is_added_and_listed() -> None:
    chat = Chat()
    assert chat.say("Add a task to buy groceries") == ('I have added "buy groceries" to your list.')
    assert chat.say("What is on my list?") == "You have 1 task: buy groceries."


def test_a_list_names_every_task_and_its_state() -> None:
    chat = Chat("buy groceries", "call mum")
    chat.say("Mark call mum as done")
    assert chat.say("Show my tasks") == "You have 2 tasks: buy groceries and call mum (done)."


def test_an_empty_list_is_called_empty() -> None:
    assert Chat().say("What is on my list?") == "Your list is empty."


def test_independent_additions_share_a_step_and_the_list_waits_for_them() -> None:
    chat = Chat()
    text = chat.say("Add a task to buy groceries and add a task to call mum, then show my list")
    assert chat.steps == [["add_task", "add_task"], ["list_tasks"]]
    assert text == (
        'I have added "buy groceries" and "call mum" to your list.'
        " You have 2 tasks: buy groceries and call mum."
    )


def test_a_change_looks_the_task_up_first() -> None:
    chat = Chat("buy groceries")
    assert chat.say("Mark Buy Groceries as done") == 'I have marked "buy groceries" as done.'
    assert chat.steps == [["list_tasks"], ["complete_task"]]
    assert chat.tasks["1"]["done"]


def test_a_task_is_deleted() -> None:
    chat = Chat("buy groceries", "call mum")
    assert chat.say("Delete buy groceries") == 'I have deleted "buy groceries".'
    assert chat.titles == ["call mum"]


def test_a_task_is_renamed() -> None:
    chat = Chat("buy milk")
    text = chat.say("Rename buy milk to buy oat milk")
    assert text == 'I have renamed "buy milk" to "buy oat milk".'
    assert chat.titles == ["buy oat milk"]


def test_a_rename_is_read_in_the_way_that_fits_the_list() -> None:
    chat = Chat("talk to mum")
    chat.say("Rename talk to mum to talk to dad")
    assert chat.titles == ["talk to dad"]


def test_an_exact_title_wins_over_a_part_of_another() -> None:
    chat = Chat("buy milk", "buy milk and eggs")
    chat.say("Delete buy milk")
    assert chat.titles == ["buy milk and eggs"]


def test_a_part_of_a_title_is_enough_when_it_fits_one() -> None:
    chat = Chat("buy groceries", "call mum")
    chat.say("Delete groceries")
    assert chat.titles == ["call mum"]


def test_several_fitting_tasks_are_named_and_none_is_touched() -> None:
    chat = Chat("buy milk", "buy bread")
    assert chat.say("Delete buy") == ('Which task do you mean by "buy": "buy milk" or "buy bread"?')
    assert chat.titles == ["buy milk", "buy bread"]


def test_a_missing_task_is_said_to_be_missing_and_the_others_are_named() -> None:
    assert Chat("call mum").say("Complete buy milk") == (
        'I could not find a task called "buy milk". Your list has "call mum".'
    )


def test_several_tasks_can_be_completed_in_one_sentence() -> None:
    chat = Chat("buy milk", "call mum")
    text = chat.say("Mark buy milk and call mum as done")
    assert text == 'I have marked "buy milk" and "call mum" as done.'
    assert chat.steps == [["list_tasks"], ["complete_task", "complete_task"]]


def test_everything_can_be_deleted() -> None:
    chat = Chat("buy milk", "call mum")
    chat.say("Delete all my tasks")
    assert chat.titles == []


def test_a_task_added_in_the_same_message_can_be_changed() -> None:
    chat = Chat()
    chat.say("Add a task to buy milk and mark it as done")
    assert list(chat.tasks.values()) == [{"title": "buy milk", "done": True}]


def test_it_means_the_task_named_last() -> None:
    chat = Chat("call mum")
    chat.say("Add a task to buy groceries")
    chat.say("Thanks!")
    chat.say("Please delete it")
    assert chat.titles == ["call mum"]


def test_the_list_is_read_anew_after_a_change() -> None:
    chat = Chat("buy milk")
    text = chat.say("Show my list. Delete buy milk. Show my list.")
    assert chat.steps == [["list_tasks"], ["delete_task"], ["list_tasks"]]
    assert text.endswith("Your list is empty.")


def test_a_failure_of_a_tool_is_told_and_the_rest_goes_on() -> None:
    chat = Chat("call mum")
    chat.broken["add_task"] = "Error executing tool add_task: the list is full"
    text = chat.say("Add a task to buy milk, then delete call mum")
    assert text == 'I could not add "buy milk": the list is full. I have deleted "call mum".'


def test_a_list_that_cannot_be_read_is_told() -> None:
    chat = Chat("call mum")
    chat.broken["list_tasks"] = "An error occurred while running the tool. Please try again."
    assert chat.say("Delete call mum").startswith("I could not read your task list: An error")
    assert chat.titles == ["call mum"]


def test_text_that_may_be_good_or_bad_is_passed_on_as_it_is() -> None:
    chat = Chat()
    chat.broken["add_task"] = "Saved for later."
    assert chat.say("Add buy milk") == 'About "buy milk", the tool said: Saved for later.'


def test_the_tool_has_the_last_word_on_the_title() -> None:
    chat = Chat()
    chat.broken["add_task"] = '{"id": "9", "title": "Buy milk"}'
    assert '"Buy milk"' in chat.say("Add buy milk")


def test_without_task_tools_the_list_is_out_of_reach() -> None:
    chat = Chat(tools=())
    text = chat.say("Add a task to buy milk and show my list")
    assert text == "I cannot reach the task list right now."


def test_only_offered_tools_are_called() -> None:
    chat = Chat("buy milk", tools=TOOLS[:2])
    text = chat.say("Delete buy milk")
    assert (text, chat.steps) == ("I have no tool for deleting tasks at the moment.", [])


def test_the_id_goes_by_the_name_in_the_schema() -> None:
    chat = Chat("buy milk", tools=(tool("list_tasks"), tool("complete_task", "id")))
    chat.broken["complete_task"] = "{}"
    chat.say("Complete buy milk")
    calls = [entry for entry in chat.conversation.entries if isinstance(entry, ToolCall)]
    assert json.loads(calls[-1].arguments) == {"id": "1"}


def test_a_due_date_is_split_off_where_the_tool_takes_one() -> None:
    schema = {"properties": {"title": {"type": "string"}, "due_date": {"type": "string"}}}
    chat = Chat(tools=(Tool("add_task", schema),))
    text = chat.say("Remind me to call mum tomorrow")
    [task] = chat.tasks.values()
    assert task == {"title": "call mum", "due_date": "2026-11-22", "done": False}
    assert text == 'I have added "call mum" (due 2026-11-22) to your list.'


def test_a_due_date_stays_in_the_title_where_the_tool_takes_none() -> None:
    chat = Chat()
    chat.say("Remind me to call mum tomorrow")
    assert chat.titles == ["call mum tomorrow"]


def test_required_arguments_that_nothing_is_known_of_get_a_neutral_value() -> None:
    schema = {
        "properties": {"status": {"enum": ["open", "all"]}, "limit": {"type": "integer"}},
        "required": ["status", "limit"],
    }
    conversation = Conversation(
        (UserMessage("list"),), SATURDAY, tools=(Tool("list_tasks", schema),)
    )
    assert answer(conversation).calls == (Call("list_tasks", {"status": "all", "limit": 0}),)


def test_a_call_whose_answer_is_missing_is_made_again() -> None:
    entries = (UserMessage("list"), ToolCall("call_1", "list_tasks", "{}"))
    reply = answer(Conversation(entries, SATURDAY, tools=TOOLS))
    assert reply == Reply(calls=(Call("list_tasks", {}),))


def test_calls_of_earlier_turns_do_not_count() -> None:
    chat = Chat("buy milk")
    chat.say("Show my list")
    chat.tasks.clear()
    assert chat.say("Show my list") == "Your list is empty."


def test_context_added_by_the_chat_server_is_no_request() -> None:
    context = UserMessage("The user is referring to this in particular: \nDelete buy milk")
    entries = (UserMessage("Show my list"), context)
    reply = answer(Conversation(entries, SATURDAY, tools=TOOLS))
    assert reply.calls == (Call("list_tasks", {}),)


def test_a_name_is_remembered() -> None:
    chat = Chat()
    assert chat.say("What is my name?") == "You have not told me your name yet."
    assert chat.say("Hello, my name is Ada") == (
        "Hello! How can I help you with your tasks? Nice to meet you, Ada!"
    )
    assert chat.say("What is my name?") == "Your name is Ada."


def test_the_last_request_is_remembered() -> None:
    chat = Chat()
    assert "first thing" in chat.say("What did I just ask?")
    chat.say("Add a task to buy milk")
    assert chat.say("What did I just ask?") == 'You wrote: "Add a task to buy milk"'


def test_what_is_not_understood_is_answered_with_what_can_be_done() -> None:
    text = Chat().say("Tell me a joke")
    assert "not sure" in text
    assert "add tasks" in text


@pytest.mark.parametrize(
    ("instructions", "title"),
    [
        ("Write a title of at most 4 words.", "Add a task to"),
        ("Give the conversation a short title, no more than 20 characters.", "Add a task to buy"),
        ("Answer with a title of at most five words or 80 characters", "Add a task to buy"),
    ],
)
def test_a_title_is_made_of_the_words_of_the_message(instructions: str, title: str) -> None:
    message = UserMessage("add a task to buy groceries, please!")
    assert answer(Conversation((message,), SATURDAY, instructions)) == Reply(title)


def test_instructions_about_titles_of_tasks_ask_for_no_title_of_the_conversation() -> None:
    instructions = "Keep the title of a task under 100 characters."
    conversation = Conversation((UserMessage("list"),), SATURDAY, instructions, TOOLS)
    assert answer(conversation).calls
