"""Other MCP servers beside ours, by setting alone; and tools that are slow, or never answer."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from local_stack.children import free_port
from local_stack.model.app import create_app
from local_stack.model.conversation import Call, Conversation, Reply, ToolResult
from local_stack.model.model import Model, pause_of
from local_stack.serving import address_of, listen, serving
from tests.e2e.service import Heard, Stack, running_stack
from tests.processes import descendants, running
from tests.security.storage import Storage

SERVER = Path(__file__).parent / "second_server.py"
# Each with an audience and a secret of its own.
SERVERS = {"weather": "https://weather.example.com", "climate": "climate-api"}


def obedient(conversation: Conversation) -> Reply:
    """Makes the calls that a request is a JSON object of, and repeats what they answer."""
    answers = [str(each.output) for each in conversation.turn if isinstance(each, ToolResult)]
    if answers or not conversation.tools:
        return Reply(text=" ".join(answers) or "A title")
    wanted = json.loads(conversation.requests[-1])
    return Reply(calls=tuple(Call(tool, arguments) for tool, arguments in wanted.items()))


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The address of an application that a thread serves."""
    listener, ended = listen(0), threading.Event()

    async def serve() -> None:
        async with serving(app, listener):
            await asyncio.to_thread(ended.wait)

    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(asyncio.run, serve())
        yield address_of(listener)
        ended.set()
        done.result()


@contextmanager
def second_server(audience: str, secret: str) -> Iterator[str]:
    """The address of another team's server, in a process of its own."""
    port = free_port()
    with subprocess.Popen([sys.executable, SERVER, str(port), audience, secret]) as process:
        try:
            url = f"http://127.0.0.1:{port}/mcp"
            _until_it_answers(url, process)
            yield url
        finally:
            process.terminate()


def _until_it_answers(url: str, process: subprocess.Popen[Any]) -> None:
    give_up = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < give_up:
        try:
            httpx2.post(url, json={}, trust_env=False)
        except httpx2.ConnectError:
            continue
        return
    raise AssertionError(f"{SERVER.name} did not start")


def set_to(*servers: dict[str, str]) -> str:
    return f"ToolServers='{json.dumps(servers)}'"


@pytest.fixture(scope="module")
def several() -> Iterator[Stack]:
    """The service with two other servers, and a third under an audience that is not its own."""
    named: list[dict[str, str]] = []
    secrets = {f"local/tools/{name}": name[0] * 64 for name in SERVERS}
    with ExitStack() as everything:
        for name, audience in SERVERS.items():
            secret = f"local/tools/{name}"
            url = everything.enter_context(second_server(audience, secrets[secret]))
            named.append({"name": name, "url": url, "secret": secret, "audience": audience})
        named.append(named[0] | {"name": "misled", "audience": "climate-api"})
        model = everything.enter_context(served(create_app(Model(obedient, pause_of(0)))))
        stack = everything.enter_context(
            running_stack(
                OPENAI_API_KEY="any",
                OPENAI_BASE_URL=f"{model}/v1",
                PARAMETERS=set_to(*named),
            )
        )
        storage = Storage(stack.process.pid)
        for secret, value in secrets.items():
            storage.keep_secret(secret, value)
        storage.close()
        yield stack


def test_two_other_servers_work_beside_ours_each_with_its_own_audience(several: Stack) -> None:
    calls = {f"{name}__forecast": {"city": name.title()} for name in SERVERS}
    text = several.user("nora").say(json.dumps(calls | {"add_task": {"title": "pack"}})).text
    assert "nora will see the sun in Weather." in text
    assert "nora will see the sun in Climate." in text
    assert '"title": "pack"' in text.replace("\\", "")


def test_two_users_at_once_are_told_apart_by_every_server(several: Stack) -> None:
    users = [several.user(name) for name in ("olga", "pepe")]
    calls = {"weather__forecast": {"city": "Rome"}, "list_tasks": {}}
    with ThreadPoolExecutor(2) as threads:
        said = list(threads.map(lambda user: user.say(json.dumps(calls)).text, users))
    assert ["olga will see" in text for text in said] == [True, False]
    assert ["pepe will see" in text for text in said] == [False, True]


def test_a_token_for_one_audience_is_of_no_use_at_another(several: Stack) -> None:
    text = several.user("nora").say(json.dumps({"misled__forecast": {"city": "Rome"}})).text
    assert "sun" not in text
    assert "Error executing tool" in text


@pytest.fixture(scope="module")
def hanging() -> Iterator[Stack]:
    """The service with another server that takes connections, and never answers."""
    listener = listen(0)
    with running_stack(
        PARAMETERS=set_to({"name": "weather", "url": f"{address_of(listener)}/mcp"})
    ) as stack:
        yield stack
    listener.close()


@contextmanager
def stopped_tools(stack: Stack) -> Iterator[None]:
    """The MCP function's process as it is when it hangs."""
    pids = running("task_tools.app.handler") & descendants(stack.process.pid)
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    yield
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


def told_after(stack: Stack, text: str) -> tuple[Heard, dict[str, float]]:
    """What is heard, and after how many seconds each sentence about tools was first heard."""
    user = stack.user("rosa")
    begun = time.monotonic()
    answer = user.say(text)
    told: dict[str, float] = {}
    for at, event in zip(answer.arrived, answer.events, strict=True):
        if event["type"] == "notice":
            told.setdefault(event["message"], at - begun)
        if event["type"] == "progress_update":
            told.setdefault(event["text"], at - begun)
    return answer, told


def test_tools_that_hang_are_told_of_within_5_seconds_and_the_chat_goes_on(hanging: Stack) -> None:
    with stopped_tools(hanging):
        answer, told = told_after(hanging, "Hello")
    for name in ("task", "weather"):
        assert told[f"The {name} tools do not answer yet. Waiting for them"] < 5
        assert told[f"The {name} tools cannot be reached right now."] < 15
    assert answer.text


def test_later_turns_go_on_without_them_within_5_seconds(hanging: Stack) -> None:
    told_after(hanging, "Hello")
    answer, told = told_after(hanging, "Add a task to buy milk")
    assert told["The weather tools cannot be reached right now."] < 5
    assert "buy milk" in answer.text
