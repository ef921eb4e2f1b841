"""What the assistant says without a tool, and the titles that it gives."""

import pytest

from local_stack.model.assistant.answer import answer
from local_stack.model.conversation import Call, Conversation, Reply, UserMessage
from tests.unit.local_stack.model.assistant.assistant_client import SATURDAY, TOOLS, AssistantClient


def test_context_added_by_the_chat_server_is_not_a_request() -> None:
    context = UserMessage("The user is referring to this in particular: \nDelete buy milk")
    entries = (UserMessage("Show my list"), context)
    reply = answer(Conversation(entries, SATURDAY, tools=TOOLS))
    assert reply.calls == (Call("list_tasks", {}),)


def test_a_name_is_remembered() -> None:
    user = AssistantClient()
    assert user.say("What is my name?") == "I do not know your name yet."
    assert user.say("Hello, my name is Ada") == (
        "Hello! How can I help you with your tasks? Nice to meet you, Ada!"
    )
    assert user.say("What is my name?") == "Your name is Ada."


def test_the_last_request_is_remembered() -> None:
    user = AssistantClient()
    assert "first message" in user.say("What did I just ask?")
    user.say("Add a task to buy milk")
    assert user.say("What did I just ask?") == 'You wrote: "Add a task to buy milk"'


def test_a_message_that_asks_for_nothing_is_answered_with_what_the_assistant_can_do() -> None:
    text = AssistantClient().say("Tell me a joke")
    assert "not sure" in text
    assert "add tasks" in text


@pytest.mark.parametrize(
    ("longest", "title"),
    [(60, "Add a task to buy groceries"), (20, "Add a task to buy"), (2, "Ad")],
)
def test_a_title_is_made_of_the_first_words_of_the_message(longest: int, title: str) -> None:
    instructions = f"Give the conversation a title of at most {longest} characters."
    message = UserMessage("add a task to buy groceries, please!")
    assert answer(Conversation((message,), SATURDAY, instructions)) == Reply(title)


def test_instructions_about_titles_of_tasks_ask_for_no_title_of_the_conversation() -> None:
    instructions = "Keep the title of a task under 100 characters."
    conversation = Conversation((UserMessage("list"),), SATURDAY, instructions, TOOLS)
    assert answer(conversation).calls
