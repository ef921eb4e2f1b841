"""No answer to one of two concurrent users contains the other's words or ids."""

import asyncio
import json
import random
import re
from typing import Any

import pytest
from agents.testing import assistant_message

from tests.system.security.trial_counts import trial_count
from tests.unit.chat_api.conftest import events
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.wire import thread_of, words

WORDS = {"alice": "aardvark", "bob": "barracuda"}
# The question, the answer and the end_of_turn item.
ITEMS_PER_TURN = 3
ID = re.compile(r"(?:thr|msg)_[0-9a-z]{26}")


class Person:
    """A user who performs random operations and knows the expected answers."""

    def __init__(self, chat: Chat, name: str, choices: random.Random) -> None:
        self._chat = chat
        self._choices = choices
        self._said = 0
        self.name = name
        self.word = WORDS[name]
        # The existing threads, each with its number of items.
        self.threads: dict[str, int] = {}
        self.ids: set[str] = set()
        self.answers: list[str] = []

    async def do_something(self, foreign: set[str]) -> None:
        if foreign and self._choices.random() < 0.2:
            await self.ask_for_foreign(self._choices.choice(sorted(foreign)))
            return
        doing = [self.begin, self.list_threads]
        if self.threads:
            doing += [self.continue_thread, self.list_items, self.rename, self.delete] * 2
        await self._choices.choice(doing)()

    async def begin(self) -> None:
        answer = await self._send("threads.create", input=self._words())
        self.threads[thread_of(events(answer))] = ITEMS_PER_TURN

    async def continue_thread(self) -> None:
        thread = self._any_thread()
        await self._send("threads.add_user_message", thread_id=thread, input=self._words())
        self.threads[thread] += ITEMS_PER_TURN

    async def list_threads(self) -> None:
        listed = (await self._send("threads.list", limit=100)).json()
        assert {each["id"] for each in listed["data"]} == set(self.threads)

    async def list_items(self) -> None:
        thread = self._any_thread()
        listed = (await self._send("items.list", thread_id=thread, limit=100)).json()
        assert len(listed["data"]) == min(100, self.threads[thread])

    async def rename(self) -> None:
        title = f"{self.word} {self._choices.randrange(100)}"
        answer = await self._send("threads.update", thread_id=self._any_thread(), title=title)
        assert answer.json()["title"] == title

    async def delete(self) -> None:
        if self._choices.random() < 0.3:
            thread = self._any_thread()
            await self._send("threads.delete", thread_id=thread)
            del self.threads[thread]

    async def ask_for_foreign(self, thread: str) -> None:
        operations: list[tuple[str, dict[str, Any]]] = [
            ("threads.get_by_id", {}),
            ("items.list", {}),
            ("threads.update", {"title": self.word}),
            ("threads.delete", {}),
            ("threads.add_user_message", {"input": self._words()}),
        ]
        operation, params = self._choices.choice(operations)
        answer = await self._chat.send(operation, self.name, thread_id=thread, **params)
        assert answer.status_code == 404
        # The answer may contain only the requested id.
        self.answers.append(answer.text.replace(thread, ""))

    async def _send(self, operation: str, **params: Any) -> Any:
        answer = await self._chat.send(operation, self.name, **params)
        assert answer.status_code == 200, answer.text
        self.answers.append(answer.text)
        self.ids |= set(ID.findall(answer.text))
        return answer

    def _words(self) -> dict[str, Any]:
        self._said += 1
        return words(f"{self.word} {self._said}")

    def _any_thread(self) -> str:
        return self._choices.choice(sorted(self.threads))


@pytest.mark.parametrize("seed", range(2))
async def test_no_answer_contains_another_users_data(chat: Chat, seed: int) -> None:
    choices = random.Random(seed)
    alice, bob = (Person(chat, name, choices) for name in WORDS)
    steps = trial_count(25, 250)
    chat.model.extend([[assistant_message("I see.")]] * steps * 2)
    for _ in range(steps):
        await asyncio.gather(
            alice.do_something(foreign={*bob.threads}), bob.do_something(foreign={*alice.threads})
        )
    assert alice.ids
    assert not alice.ids & bob.ids
    for one, other in ((alice, bob), (bob, alice)):
        text = "\n".join(one.answers)
        assert one.word in text
        assert other.word not in text
        assert not other.ids & set(ID.findall(text))
    # Each model call also contains the words of one user only.
    for call in chat.model.calls:
        given = json.dumps(call.input, default=str)
        assert sum(word in given for word in WORDS.values()) == 1
