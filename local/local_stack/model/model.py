"""The model behind both wire formats: its assistant, pace, clock and ids."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from local_stack.model.assistant.answer import answer
from local_stack.model.conversation import Conversation, Reply

WORD_DELAY = 0.04


def pause_of(seconds: float) -> Callable[[], Awaitable[None]]:
    """Return a pause of this length, for use before each word."""
    return lambda: asyncio.sleep(seconds)


def local_now() -> datetime:
    return datetime.now().astimezone()


def random_id(prefix: str) -> str:
    """Return an id with one of OpenAI's prefixes: `resp_`, `msg_`, `call_`, …"""
    return f"{prefix}{secrets.token_hex(24)}"


_PAUSE = pause_of(WORD_DELAY)


@dataclass(frozen=True)
class Model:
    """A model; tests may replace `answer` with another assistant."""

    answer: Callable[[Conversation], Reply] = answer
    pause: Callable[[], Awaitable[None]] = _PAUSE
    now: Callable[[], datetime] = local_now
    new_id: Callable[[str], str] = random_id

    async def words(self, text: str) -> AsyncIterator[str]:
        """Yield the text word by word, each with its leading space, after a pause."""
        for word in re.findall(r"\s*\S+(?:\s+$)?", text):
            await self.pause()
            yield word
