"""How the assistant reads the tools that it is offered and what they answer."""

import json

from local_stack.model.assistant import answer
from local_stack.model.conversation import Call, Conversation, Reply, Tool, ToolCall, UserMessage
from tests.local_stack.model.chat import SATURDAY, TOOLS, Chat, tool


def test_a_failure_of_a_tool_is_told_and_the_rest_goes_on() -> None:
    chat = Chat("call mum")
    chat.replies["add_task"] = ["Error executing tool add_task: the list is full"]
    text = chat.say("Add a task to buy milk, then delete call mum")
    assert text == 'I could not add "buy milk": the list is full. I have deleted "call mum".'


def test_a_list_that_cannot_be_read_is_told() -> None:
    chat = Chat("call mum")
    chat.replies["list_tasks"] = ["An error occurred while running the tool. Please try again."]
    assert chat.say("Delete call mum").startswith("I could not read your task list: An error")
    assert chat.titles == ["call mum"]


def test_a_long_list_is_read_page_by_page() -> None:
    schema = {"properties": {"cursor": {"anyOf": [{"type": "string"}, {"type": "null"}]}}}
    chat = Chat("buy milk", tools=(Tool("list_tasks", schema),))
    pages = [
        {"tasks": [{"id": "1", "title": "buy milk"}], "next_cursor": "1"},
        {"tasks": [{"id": "2", "title": "call mum"}], "next_cursor": None},
    ]
    chat.replies["list_tasks"] = [json.dumps(page) for page in pages]
    assert chat.say("Show my list") == "You have 2 tasks: buy milk and call mum."
    calls = [entry for entry in chat.conversation.entries if isinstance(entry, ToolCall)]
    assert [json.loads(call.arguments) for call in calls] == [{}, {"cursor": "1"}]


def test_text_that_may_be_good_or_bad_is_passed_on_as_it_is() -> None:
    chat = Chat()
    chat.replies["add_task"] = ["Saved for later."]
    assert chat.say("Add buy milk") == 'About "buy milk", the tool said: Saved for later.'


def test_the_tool_has_the_last_word_on_the_title() -> None:
    chat = Chat()
    chat.replies["add_task"] = ['{"id": "9", "title": "Buy milk"}']
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
    chat.replies["complete_task"] = ["{}"]
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
