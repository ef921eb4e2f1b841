"""An action that starts an answer, and feedback on it, on the running service."""

from tests.system.e2e.service import Stack, read_answer

FIRST = "What should I do first?"


def test_button_of_the_list_starts_an_answer_that_keeps_its_rating(stack: Stack) -> None:
    user = stack.user("frida")
    thread = user.say("Add a task to buy milk and add a task to call Mom").thread
    [card] = [item for item in user.items(thread) if item["type"] == "widget"]
    action = {"type": "tasks.first", "payload": None}
    pressed = user.ask("threads.custom_action", thread_id=thread, item_id=card["id"], action=action)
    assert pressed.headers["x-chatkit-turn"].startswith("turn_")
    assert read_answer(pressed).text
    assert [text for who, text in user.messages(thread) if who == "user_message"][-1] == FIRST
    end = user.items(thread)[-1]
    assert end["type"] == "end_of_turn"
    rated = user.ask("items.feedback", thread_id=thread, item_ids=[end["id"]], kind="positive")
    assert rated.status_code == 200
    stack.kill_chat()
    assert user.items(thread)[-1] == end | {"feedback": "positive"}
