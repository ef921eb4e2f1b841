"""A model whose words a test releases one by one."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from local_stack.model.app import create_app
from local_stack.model.model import Model
from tests.system.e2e.served_app import served_app


class Words:
    """The number of words that each answer may say. There is no limit unless a test sets one.

    Answers are counted apart, so one that a test has abandoned takes no word from another.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._changed = asyncio.Condition()
        self._limit: int | None = None
        # The model serves each answer in a task of its own.
        self._said: WeakKeyDictionary[asyncio.Task[Any], int] = WeakKeyDictionary()

    async def pause(self) -> None:
        """Wait until the current answer may say its next word."""
        answer = asyncio.current_task()
        assert answer is not None
        async with self._changed:
            await self._changed.wait_for(
                lambda: self._limit is None or self._said.get(answer, 0) < self._limit
            )
            self._said[answer] = self._said.get(answer, 0) + 1

    def only(self, words: int) -> None:
        """Let each answer say this many more words, and hold the next one."""
        self._set(words)

    def all(self) -> None:
        """Release all words."""
        self._set(None)

    def _set(self, limit: int | None) -> None:
        asyncio.run_coroutine_threadsafe(self._change(limit), self._loop).result()

    async def _change(self, limit: int | None) -> None:
        async with self._changed:
            self._limit = limit
            self._said.clear()
            self._changed.notify_all()


@contextmanager
def gated_model() -> Iterator[tuple[str, Words]]:
    """Yield the address of an OpenAI-compatible server and the words of its assistant."""
    loop = asyncio.new_event_loop()
    words = Words(loop)
    with served_app(create_app(Model(pause=words.pause)), loop) as address:
        try:
            yield address, words
        finally:
            words.all()
