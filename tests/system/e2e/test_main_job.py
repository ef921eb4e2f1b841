"""A signed-in user talks to an agent that streams and uses tools."""

import subprocess
from typing import Any

import pytest

from local_stack.chat_client import ChatClient, ChatError
from tests.system.e2e.gated_model import Words
from tests.system.e2e.service import Stack, stream_of
from tests.waiting import PATIENCE, until


def test_the_agent_adds_a_task_and_names_it_later(stack: Stack) -> None:
    user = stack.user("dora")
    first = user.say("Add a task to buy groceries")
    second = user.say("What is on my list?", first.thread)
    assert "groceries" in first.text
    assert "buy groceries" in second.text
    assert [who for who, _ in user.messages(first.thread)] == [
        "user_message",
        "assistant_message",
    ] * 2


def test_tasks_are_renamed_completed_and_deleted_in_plain_words(stack: Stack) -> None:
    user = stack.user("emil")
    thread = user.say("Add a task to buy milk and add a task to call Mom").thread
    user.say("Rename buy milk to buy oat milk", thread)
    user.say("Mark call Mom as done", thread)
    listed = user.say("Show my tasks", thread).text
    assert "buy oat milk" in listed
    assert "call Mom" in listed
    assert "done" in listed
    user.approve("Delete buy oat milk", thread)
    assert "oat milk" not in user.say("Show my tasks", thread).text


def test_the_agent_knows_earlier_turns_in_another_process(stack: Stack) -> None:
    user = stack.user("fee")
    thread = user.say("My name is Ada").thread
    stack.kill_chat()
    assert "Ada" in user.say("What is my name?", thread).text


def test_each_word_reaches_the_client_before_the_next_is_generated(
    gated_stack: Stack, words: Words
) -> None:
    words.only(1)
    with gated_stack.user("gero").saying("Hello") as response:
        events = stream_of(response)
        for word in ("Hello!", " How", " can"):
            deltas = (event["update"].get("delta") for event in events if "update" in event)
            assert next(filter(None, deltas)) == word
            words.only(1)
        words.all()
        assert list(events)[-1]["type"] != "error"


def test_a_client_that_disconnects_does_not_stop_the_answer(stack: Stack) -> None:
    user = stack.user("hugo")
    leaving = stack.user("hugo")
    with leaving.saying("What can you do?") as response:
        lines = response.iter_lines()
        thread = next(line for line in lines if "thread.created" in line).split('"id":"')[1]
        thread = thread.split('"')[0]
        next(line for line in lines if "text_delta" in line)
    # Another process answers this user's next turn, which does not wait for the first one.
    whole = user.say("What can you do?").text
    until(lambda: user.items(thread)[-1]["type"] == "end_of_turn")
    assert user.messages(thread) == [
        ("user_message", "What can you do?"),
        ("assistant_message", whole),
    ]


def test_two_users_never_see_each_others_threads_or_tasks(stack: Stack) -> None:
    ida, jan = stack.user("ida"), stack.user("jan")
    thread = ida.say("Add a task to hide the presents").thread
    assert "presents" not in jan.say("What is on my list?").text
    assert thread not in jan.ask("threads.list").text
    words = {"content": [{"type": "input_text", "text": "Hi"}], "attachments": []}
    foreign: list[tuple[str, dict[str, Any]]] = [
        ("threads.get_by_id", {}),
        ("items.list", {}),
        ("threads.delete", {}),
        ("threads.update", {"title": "jan's"}),
        ("threads.add_user_message", {"input": words | {"inference_options": {}}}),
    ]
    for operation, params in foreign:
        assert jan.ask(operation, thread_id=thread, **params).status_code == 404
    assert len(ida.messages(thread)) == 2


async def test_the_command_line_reports_a_cut_answer_in_a_sentence(stack: Stack) -> None:
    def crash(piece: str) -> None:
        if not crashed:
            crashed.append(piece)
            stack.kill_chat()

    crashed: list[str] = []
    conversation = ChatClient(stack.address, "kim", crash)
    with pytest.raises(ChatError, match="cut off before its end"):
        await conversation.ask("What can you do?")
    assert conversation.thread


@pytest.mark.deep
def test_the_make_commands_of_the_readme_talk_to_the_stack(
    stack: Stack, plain: dict[str, str]
) -> None:
    port = stack.address.rsplit(":", 1)[1]

    def make(*arguments: str) -> str:
        done = subprocess.run(
            ["make", "-s", *arguments, f"PORT={port}"],
            env=plain,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    make("ask", "MSG=Add a task to buy groceries")
    assert "buy groceries" in make("ask", "MSG=What is on my list?")
    assert "buy groceries" not in make("ask", "MSG=What is on my list?", "USER=bob")
    quoted = make("ask", 'MSG=Add a task to "say $HOME\'s `name`"', "USER=bob")
    thread = quoted.strip().splitlines()[-1].removeprefix("thread ")
    assert "$HOME's `name`" in make("ask", "MSG=Show my list", "USER=bob", f"THREAD={thread}")
    token = make("token", "USER=alice").strip()
    session = stack.http.post("/api/chatkit/session", headers={"authorization": f"Bearer {token}"})
    assert session.json()["user"] == "alice"
