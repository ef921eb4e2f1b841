"""Words are sent one by one, and none after the client disconnects."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from openai import AsyncOpenAI

from local_stack.model.model import Model

type ClientOf = Callable[[Model], Awaitable[AsyncOpenAI]]


class HeldWord:
    """A pause that lets the first word pass and holds the second until `released` is set."""

    def __init__(self) -> None:
        self.released = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.words = 0

    async def pause(self) -> None:
        self.words += 1
        if self.words == 1:
            return
        try:
            await self.released.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


@pytest.fixture
async def held_word() -> HeldWord:
    return HeldWord()


async def test_the_first_word_arrives_before_the_next_is_sent(
    client_of: ClientOf, held_word: HeldWord
) -> None:
    client = await client_of(Model(pause=held_word.pause))
    stream = await client.responses.create(model="any", input="Hello", stream=True)
    words = []
    async for event in stream:
        if event.type == "response.output_text.delta":
            words.append(event.delta)
            held_word.released.set()
    assert "".join(words) == "Hello! How can I help you with your tasks?"


async def test_the_first_chunk_arrives_before_the_next_is_sent(
    client_of: ClientOf, held_word: HeldWord
) -> None:
    client = await client_of(Model(pause=held_word.pause))
    stream = await client.chat.completions.create(
        model="any", messages=[{"role": "user", "content": "Hello"}], stream=True
    )
    words = []
    async for chunk in stream:
        if content := chunk.choices[0].delta.content:
            words.append(content)
            held_word.released.set()
    assert "".join(words) == "Hello! How can I help you with your tasks?"


async def test_a_disconnect_stops_the_answer(client_of: ClientOf, held_word: HeldWord) -> None:
    client = await client_of(Model(pause=held_word.pause))
    stream = await client.responses.create(model="any", input="Hello", stream=True)
    async for event in stream:
        if event.type == "response.output_text.delta":
            break
    await stream.close()
    await held_word.cancelled.wait()
    assert held_word.words == 2
