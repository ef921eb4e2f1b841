"""Measures how soon a streamed answer starts, through gateway, emulator, runtime and application.

It prints the first event, the first word and the end of a turn: medians of several turns, as shares
of the whole, and the whole as a multiple of the scripted model's pauses.
"""

import asyncio
import os
import time
from pathlib import Path
from statistics import median

import httpx2

from local_stack.chat_client import identity_token
from local_stack.model.model import WORD_DELAY
from local_stack.stack import Options, running_stack

TURNS = 20
# The turns come faster than the limits allow.
UNLIMITED = "SessionMessagesPerMinute=0 UserMessagesPerMinute=0"
QUESTION = {
    "content": [{"type": "input_text", "text": "What can you do?"}],
    "attachments": [],
    "inference_options": {},
}


async def client_secret(client: httpx2.AsyncClient, address: str) -> str:
    """Return the client_secret of a new session."""
    token = await identity_token(address, "bench")
    headers = {"authorization": f"Bearer {token}"}
    response = await client.post("/api/chatkit/session", headers=headers)
    return str(response.json()["client_secret"])


async def turn(client: httpx2.AsyncClient, secret: str) -> tuple[list[float], list[float]]:
    """Send a message in a new thread. Return when each event and each word arrived, in seconds.

    The last time among the events is the end of the answer.
    """
    events: list[float] = []
    words: list[float] = []
    body = {"type": "threads.create", "params": {"input": QUESTION}}
    headers = {"authorization": f"Bearer {secret}"}
    started = time.perf_counter()
    async with client.stream("POST", "/chatkit", json=body, headers=headers) as response:
        assert response.status_code == 200, await response.aread()
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                events.append(time.perf_counter() - started)
            if '"delta"' in line:
                words.append(events[-1])
    return [*events, time.perf_counter() - started], words


async def main() -> None:
    options = Options(
        Path("template.yaml"),
        Path(".local/logs/bench"),
        0,
        {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
        | {"PARAMETERS": UNLIMITED},
        report=print,
        access=lambda _line: None,
    )
    async with (
        running_stack(options) as address,
        httpx2.AsyncClient(base_url=address, timeout=60) as client,
    ):
        secret = await client_secret(client, address)
        await turn(client, secret)
        turns = [await turn(client, secret) for _ in range(TURNS)]
    whole = median(events[-1] for events, _ in turns)
    pauses = len(turns[0][1]) * WORD_DELAY
    print(f"streamed answer: {TURNS} turns of {len(turns[0][1])} words")
    for name, seconds in [
        ("first event", median(events[0] for events, _ in turns)),
        ("first word", median(words[0] for _, words in turns)),
        ("whole", whole),
    ]:
        print(f"  {name:12} {seconds * 1000:6.0f} ms {seconds / whole:7.1%} of the whole")
    print(f"  the whole is {whole / pauses:.2f} x the model's own pauses")


if __name__ == "__main__":
    asyncio.run(main())
