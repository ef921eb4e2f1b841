"""The demo fails if an answer does not name its task."""

import pytest

from local_stack.chat_client import ChatError
from local_stack.demo import run_demo


class Agent:
    """Gives these answers in turn, and records the messages."""

    def __init__(self, *answers: str) -> None:
        self.asked: list[str] = []
        self._answers = iter(answers)

    async def ask(self, message: str) -> str:
        self.asked.append(message)
        return next(self._answers)


async def test_the_demo_adds_a_task_and_asks_for_the_list() -> None:
    agent = Agent("I have added groceries.", "You have to buy Groceries.")
    await run_demo(agent.ask, print)
    assert agent.asked == ["Add a task to buy groceries", "What is on my list?"]


async def test_an_addition_without_the_task_fails_the_demo() -> None:
    agent = Agent("I cannot do that.", "You have to buy groceries.")
    with pytest.raises(ChatError, match="groceries"):
        await run_demo(agent.ask, print)
    assert len(agent.asked) == 1


async def test_a_list_without_the_task_fails_the_demo() -> None:
    with pytest.raises(ChatError, match="groceries"):
        await run_demo(Agent("Added groceries.", "Your list is empty.").ask, print)
