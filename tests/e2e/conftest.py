"""The whole service, started as the README says, and spoken to over HTTP."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

ROOT = Path(__file__).parents[2]
# The environment of a newcomer: no key, no cloud.
PLAIN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("AWS_", "OPENAI_")) and name != "MAKEFLAGS"
}


@dataclass
class Heard:
    """A streamed answer: its events, and when each arrived, in seconds."""

    status: int
    headers: httpx2.Headers
    events: list[dict[str, Any]] = field(default_factory=list)
    arrived: list[float] = field(default_factory=list)

    @property
    def thread(self) -> str:
        thread: str = next(e["thread"]["id"] for e in self.events if e["type"] == "thread.created")
        return thread

    @property
    def deltas(self) -> list[tuple[float, str]]:
        """When each piece of text arrived."""
        return [
            (at, event["update"]["delta"])
            for at, event in zip(self.arrived, self.events, strict=True)
            if event["type"] == "thread.item.updated" and "delta" in event["update"]
        ]

    @property
    def text(self) -> str:
        return "".join(delta for _, delta in self.deltas)


class Stack:
    """The running stack, its address and its process."""

    def __init__(self, address: str, logs: Path, process: subprocess.Popen[str]) -> None:
        self._logs = logs
        self.address = address
        self.process = process
        self.http = httpx2.Client(base_url=address, timeout=60)

    def user(self, name: str) -> "User":
        token = self.http.post("/local/token", json={"user": name}).json()["token"]
        answer = self.http.post(
            "/api/chatkit/session", headers={"authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 201, answer.text
        return User(self, answer.json()["client_secret"])

    def logged(self) -> str:
        """All that the functions have written so far."""
        return "".join(file.read_text() for file in sorted(self._logs.iterdir()))

    def kill(self, handler: str) -> None:
        """End a function's processes as a crash would, and return when the stack knows."""
        pids = self.function_processes(handler)
        assert pids
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        give_up = time.monotonic() + 30
        while any(Path(f"/proc/{pid}").exists() for pid in pids):
            assert time.monotonic() < give_up

    def function_processes(self, handler: str) -> list[int]:
        """The processes that run a function now, found by the handler that Lambda names them."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and _environment(entry).get("_HANDLER") == handler:
                found.append(int(entry.name))
        return [pid for pid in found if self.process.pid in _ancestors(pid)]


class User:
    """A signed-in user with a client_secret."""

    def __init__(self, stack: Stack, secret: str) -> None:
        self.http = stack.http
        self.headers = {"authorization": f"Bearer {secret}"}

    def ask(self, operation: str, **params: Any) -> httpx2.Response:
        body = {"type": operation, "params": params}
        return self.http.post("/chatkit", json=body, headers=self.headers)

    def say(self, text: str, thread: str | None = None) -> Heard:
        with self.saying(text, thread) as response:
            return heard(response)

    def saying(self, text: str, thread: str | None = None) -> Any:
        words = {"content": [{"type": "input_text", "text": text}], "attachments": []}
        params: dict[str, Any] = {"input": words | {"inference_options": {}}}
        operation = "threads.create"
        if thread is not None:
            operation, params["thread_id"] = "threads.add_user_message", thread
        body = {"type": operation, "params": params}
        return self.http.stream("POST", "/chatkit", json=body, headers=self.headers)

    def shown(self, thread: str) -> list[tuple[str, str]]:
        items = self.ask("items.list", thread_id=thread, order="asc").json()["data"]
        return [(item["type"], "".join(c["text"] for c in item["content"])) for item in items]


def heard(response: httpx2.Response) -> Heard:
    answer = Heard(response.status_code, response.headers)
    for event in stream_of(response):
        answer.arrived.append(time.monotonic())
        answer.events.append(event)
    return answer


def stream_of(response: httpx2.Response) -> Iterator[dict[str, Any]]:
    assert response.status_code == 200, response.read()
    for line in response.iter_lines():
        if line.startswith("data: "):
            yield json.loads(line.removeprefix("data: "))


@pytest.fixture
def plain() -> dict[str, str]:
    return PLAIN


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """`make run` on a free port; after the tests SIGTERM ends it and all that it started."""
    process = subprocess.Popen(
        ["make", "-s", "run", "PORT=0"],
        cwd=ROOT,
        env=PLAIN,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("ready "):
            break
    else:
        raise AssertionError("".join(said))
    logs = next(word for line in said for word in line.split() if word.startswith(".local/"))
    stack = Stack(said[-1].split()[1], ROOT / logs.rstrip("/;"), process)
    yield stack
    stack.http.close()
    os.killpg(process.pid, signal.SIGTERM)
    process.communicate(timeout=30)


def _environment(process: Path) -> dict[str, str]:
    try:
        variables = (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return {}
    return dict(pair.decode(errors="replace").split("=", 1) for pair in variables if b"=" in pair)


def _ancestors(pid: int) -> set[int]:
    found: set[int] = set()
    while pid > 1:
        status = Path(f"/proc/{pid}/stat").read_text()
        pid = int(status.rsplit(")", 1)[1].split()[1])
        found.add(pid)
    return found
