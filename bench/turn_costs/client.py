"""Serves applications over HTTP in this process, with a client in another one."""

import asyncio
import json
import multiprocessing
import time
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from functools import cache

import httpx2
from starlette.types import ASGIApp

from local_stack.serving import address_of, listen, serving

PATIENCE_SECONDS = 60
QUESTION = {
    "content": [{"type": "input_text", "text": "And then?"}],
    "attachments": [],
    "inference_options": {},
}


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """Serve an application and yield its address."""
    listener = listen(0)
    async with serving(app, listener):
        yield address_of(listener)


class TurnClient:
    """Sends turns from another process, so that this process's CPU time is the server's alone."""

    def __init__(self) -> None:
        self._process = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
        # The bytes of the last answer's body.
        self.received = 0

    def __enter__(self) -> "TurnClient":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.shutdown()

    async def ask(self, address: str, thread: str, headers: Mapping[str, str]) -> float:
        """Send a turn and return the CPU seconds that this process spends on it."""
        params = {"thread_id": thread, "input": QUESTION}
        body = json.dumps({"type": "threads.add_user_message", "params": params})
        loop = asyncio.get_running_loop()
        started = time.process_time()
        status, text = await loop.run_in_executor(
            self._process, _post, address, body, dict(headers)
        )
        spent = time.process_time() - started
        assert status == 200, text
        assert '"error"' not in text, text
        self.received = len(text.encode())
        return spent


def _post(address: str, body: str, headers: dict[str, str]) -> tuple[int, str]:
    response = _client(address).post("/chatkit", content=body, headers=headers)
    return response.status_code, response.text


@cache
def _client(address: str) -> httpx2.Client:
    return httpx2.Client(base_url=address, timeout=PATIENCE_SECONDS)
