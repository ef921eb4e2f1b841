"""Further MCP servers, configured only by a setting, and tools that never answer."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from starlette.types import ASGIApp

from local_stack.model.app import create_app
from local_stack.model.conversation import Call, Conversation, Reply, ToolResult
from local_stack.model.model import Model, pause_of
from local_stack.serving import address_of, listen, serving
from tests.processes import descendants, running
from tests.system.e2e.service import Stack, StreamedAnswer, running_stack
from tests.system.security.storage import Storage
from tests.waiting import until

SERVER = Path(__file__).parent / "second_server.py"
# Each server has its own audience and secret.
SERVERS = {"weather": "https://weather.example.com", "climate": "climate-api"}


def call_listed_tools(conversation: Conversation) -> Reply:
    """Make the tool calls that a message lists as a JSON object, and repeat their results."""
    answers = [str(each.output) for each in conversation.turn if isinstance(each, ToolResult)]
    if answers or not conversation.tools:
        return Reply(text=" ".join(answers) or "A title")
    wanted = json.loads(conversation.requests[-1])
    return Reply(calls=tuple(Call(tool, arguments) for tool, arguments in wanted.items()))


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve an application in a thread and return its address."""
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
    """Run another team's server in its own process and return its address."""
    # The socket listens before the process starts, so nothing has to find or await a port.
    with listen(0) as listener:
        given = str(listener.fileno())
        command = [sys.executable, str(SERVER), given, audience, secret]
        with subprocess.Popen(command, pass_fds=[listener.fileno()]) as process:
            yield f"{address_of(listener)}/mcp"
            process.terminate()


def setting_of(*servers: dict[str, str]) -> str:
    return f"ToolServers='{json.dumps(servers)}'"


@pytest.fixture(scope="module")
def two_more_servers() -> Iterator[Stack]:
    """Run the service with two other servers, and a third with another server's audience."""
    named: list[dict[str, str]] = []
    secrets = {f"local/tools/{name}": name[0] * 64 for name in SERVERS}
    with ExitStack() as everything:
        for name, audience in SERVERS.items():
            secret = f"local/tools/{name}"
            url = everything.enter_context(second_server(audience, secrets[secret]))
            named.append({"name": name, "url": url, "secret": secret, "audience": audience})
            named[-1]["approval"] = "never"
        named.append(named[0] | {"name": "misled", "audience": "climate-api"})
        model = everything.enter_context(served(create_app(Model(call_listed_tools, pause_of(0)))))
        stack = everything.enter_context(
            running_stack(
                OPENAI_API_KEY="any",
                OPENAI_BASE_URL=f"{model}/v1",
                PARAMETERS=setting_of(*named),
            )
        )
        storage = Storage(stack.process.pid)
        for secret, value in secrets.items():
            storage.create_secret(secret, value)
        storage.close()
        yield stack


def test_two_other_servers_work_beside_ours_each_with_its_own_audience(
    two_more_servers: Stack,
) -> None:
    calls = {f"{name}__forecast": {"city": name.title()} for name in SERVERS}
    text = (
        two_more_servers.user("nora").say(json.dumps(calls | {"add_task": {"title": "pack"}})).text
    )
    assert "nora will see the sun in Weather." in text
    assert "nora will see the sun in Climate." in text
    assert '"title": "pack"' in text.replace("\\", "")


def test_every_server_distinguishes_concurrent_users(two_more_servers: Stack) -> None:
    users = [two_more_servers.user(name) for name in ("olga", "pepe")]
    calls = {"weather__forecast": {"city": "Rome"}, "list_tasks": {}}
    with ThreadPoolExecutor(2) as threads:
        said = list(threads.map(lambda user: user.say(json.dumps(calls)).text, users))
    assert ["olga will see" in text for text in said] == [True, False]
    assert ["pepe will see" in text for text in said] == [False, True]


def test_a_token_for_one_audience_is_refused_by_another_server(two_more_servers: Stack) -> None:
    text = (
        two_more_servers.user("nora").say(json.dumps({"misled__forecast": {"city": "Rome"}})).text
    )
    assert "sun" not in text
    assert "Error executing tool" in text


@pytest.fixture(scope="module")
def hanging_server() -> Iterator[Stack]:
    """Run the service with another server that accepts connections and never answers."""
    listener = listen(0)
    with running_stack(
        PARAMETERS=setting_of({"name": "weather", "url": f"{address_of(listener)}/mcp"})
    ) as stack:
        yield stack
    listener.close()


@contextmanager
def stopped_tools(stack: Stack) -> Iterator[None]:
    """Stop the MCP function's processes during the block, as if they hang."""
    pids = running("McpFunction-") & descendants(stack.process.pid)
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    yield
    for pid in pids:
        os.kill(pid, signal.SIGCONT)


def sentences(answer: StreamedAnswer) -> list[str]:
    """Return what the user reads about the tools, in order."""
    kinds = {"notice": "message", "progress_update": "text"}
    return [event[kinds[event["type"]]] for event in answer.events if event["type"] in kinds]


@pytest.mark.deep
def test_hanging_tools_are_reported_and_the_chat_continues(hanging_server: Stack) -> None:
    # tests/unit/chat_api/tools/test_unreachable_tools.py tests how soon each sentence appears.
    user = hanging_server.user("rosa")
    with stopped_tools(hanging_server):
        answer = user.say("Hello")
    for tools in ("assistant's tools", "weather tools"):
        waiting = f"The {tools} do not answer yet. Waiting for them"
        lost = f"The {tools} cannot be reached right now."
        assert [each for each in sentences(answer) if each in (waiting, lost)] == [waiting, lost]
    assert answer.text
    # Our tools recover, at a time that depends on the machine.
    until(
        lambda: (
            "The assistant's tools cannot be reached right now." not in sentences(user.say("Hi"))
        )
    )
    later = user.say("Add a task to buy milk")
    assert "The weather tools cannot be reached right now." in sentences(later)
    assert "buy milk" in later.text
