"""What the assistant makes of the conversation itself."""

import pytest

from local_stack.model.assistant import answer
from local_stack.model.conversation import Call, Conversation, Reply, UserMessage
from tests.local_stack.model.chat import SATURDAY, TOOLS, Chat


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
