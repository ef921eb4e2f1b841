"""The whole service, started as in the README and called over HTTP."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import httpx2
from chatkit.types import ThreadStreamEvent
from pydantic import TypeAdapter

from chat_api.conversation.approvals import APPROVE
from local_stack.login import LocalLogin
from local_stack.parameters import parameters
from local_stack.storage.provisioning import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from local_stack.template.names import REGION
from tests.event_order import EventOrder
from tests.processes import alive, descendants, running, wait_for_end
from tests.system.e2e.aws_call import AwsCall
from tests.system.e2e.aws_monitor import Monitor
from tests.system.e2e.roles import grants
from tests.waiting import PATIENCE, until

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

ROOT = Path(__file__).parents[3]
EVENT = TypeAdapter[ThreadStreamEvent](ThreadStreamEvent)
# The variables that change what `make run` and `make ask` do.
_READ_BY_MAKE = {"CONCURRENCY", "MAKEFLAGS", "MODEL", "MSG", "PARAMETERS", "PORT", "THREAD"}
# The environment of a new user: no key, no cloud and none of these variables.
PLAIN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("AWS_", "OPENAI_")) and name not in _READ_BY_MAKE
}


@dataclass
class StreamedAnswer:
    """The status, headers and events of a streamed answer."""

    status: int
    headers: httpx2.Headers
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def thread(self) -> str:
        thread: str = next(e["thread"]["id"] for e in self.events if e["type"] == "thread.created")
        return thread

    @property
    def text(self) -> str:
        return "".join(
            event["update"]["delta"] for event in self.events if "delta" in event.get("update", {})
        )


class Stack:
    """A running stack with its address and process."""

    def __init__(
        self, address: str, logs: Path, process: subprocess.Popen[str], monitor: Monitor
    ) -> None:
        self._monitor = monitor
        self._logs = logs
        self.address = address
        self.process = process
        self.http = httpx2.Client(base_url=address, trust_env=False, timeout=PATIENCE)

    def user(self, name: str) -> "User":
        token = self.http.post("/local/token", json={"user": name}).json()["token"]
        answer = self.http.post(
            "/api/chatkit/session", headers={"authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 201, answer.text
        return User(self, answer.json()["client_secret"])

    def aws_calls(self) -> set[AwsCall]:
        """Return every action and resource of the AWS calls that the functions have made so far."""
        return self._monitor.calls

    @property
    def dynamodb(self) -> str:
        """Return DynamoDB's address, which is known after a function's first call."""
        return f"http://127.0.0.1:{self._monitor.dynamodb}"

    def logged(self) -> str:
        """Return everything that the functions have logged so far."""
        return "".join(file.read_text() for file in sorted(self._logs.iterdir()))

    @contextmanager
    def throttled(self, *functions: str) -> Iterator[None]:
        """Make Lambda refuse every invocation of these functions during the block."""
        with closing(self._lambda()) as client:
            for name in functions:
                client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
            try:
                yield
            finally:
                for name in functions:
                    client.delete_function_concurrency(FunctionName=name)

    def _lambda(self) -> "LambdaClient":
        """Return a client of the stack's own Lambda, whose address the first Invoke reveals."""
        if not self._monitor.invoke_api:
            self.user("finder").say("What is on my list?")
        address = f"http://127.0.0.1:{self._monitor.invoke_api}"
        session = boto3.Session(ACCESS_KEY_ID, SECRET_ACCESS_KEY, region_name=REGION)
        return session.client("lambda", endpoint_url=address)

    def chat_processes(self) -> set[int]:
        """Return the processes of the streaming function: one for each environment."""
        return running("-m lambda_stream") & descendants(self.process.pid)

    def kill_chat(self) -> None:
        """Kill the processes of the streaming function, as in a crash, and wait for their end."""
        pids = self.chat_processes()
        assert pids
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        until(lambda: not alive(pids))


class User:
    """A signed-in user with a client_secret."""

    def __init__(self, stack: Stack, secret: str) -> None:
        self.http = stack.http
        self.headers = {"authorization": f"Bearer {secret}"}

    def session(self, method: str) -> httpx2.Response:
        """Send a request for the session itself. GET shows it and DELETE ends it."""
        return self.http.request(method, "/api/chatkit/session", headers=self.headers)

    def cancel(self, turn: str) -> httpx2.Response:
        body = {"turn_id": turn}
        return self.http.post("/api/chatkit/cancel", json=body, headers=self.headers)

    def ask(self, operation: str, **params: Any) -> httpx2.Response:
        body = {"type": operation, "params": params}
        return self.http.post("/chatkit", json=body, headers=self.headers)

    def attach(self, name: str, data: bytes, mime_type: str) -> str:
        """Upload a file as a page does, and return the attachment's id."""
        params = {"name": name, "size": len(data), "mime_type": mime_type}
        created = self.ask("attachments.create", **params).json()
        upload = created["upload_descriptor"]
        sent = self.http.request(
            upload["method"], upload["url"], headers=upload["headers"], content=data
        )
        assert sent.status_code == 200, sent.text
        attachment_id: str = created["id"]
        return attachment_id

    def say(
        self,
        text: str,
        thread: str | None = None,
        model: str | None = None,
        attachments: Sequence[str] = (),
    ) -> StreamedAnswer:
        """Send a message and return its answer, by the default model unless one is named."""
        with self.saying(text, thread, model, attachments) as response:
            return read_answer(response)

    def saying(
        self,
        text: str,
        thread: str | None = None,
        model: str | None = None,
        attachments: Sequence[str] = (),
    ) -> AbstractContextManager[httpx2.Response]:
        """Send a message, and return a context manager of its response."""
        content = [{"type": "input_text", "text": text}]
        words = {"content": content, "attachments": [*attachments]}
        options = {"model": model} if model else {}
        params: dict[str, Any] = {"input": words | {"inference_options": options}}
        operation = "threads.create"
        if thread is not None:
            operation, params["thread_id"] = "threads.add_user_message", thread
        body = {"type": operation, "params": params}
        return self.http.stream("POST", "/chatkit", json=body, headers=self.headers)

    def answering(self, form: dict[str, Any], *values: str) -> Any:
        """Answer the questions of a form in their order. The response streams what follows."""
        answers = {
            question["id"]: {"values": [value]}
            for question, value in zip(form["inputs"], values, strict=True)
        }
        params = {
            "thread_id": form["thread_id"],
            "item_id": form["id"],
            "input": {"answers": answers},
        }
        body = {"type": "threads.add_structured_input", "params": params}
        return self.http.stream("POST", "/chatkit", json=body, headers=self.headers)

    def approve(self, text: str, thread: str) -> StreamedAnswer:
        """Send a message whose tool calls need approval, approve them, and return what follows."""
        form = self.say(text, thread).events[-1]["item"]
        with self.answering(form, *[APPROVE] * len(form["inputs"])) as response:
            return read_answer(response)

    def messages(self, thread: str) -> list[tuple[str, str]]:
        """Return the messages of a thread, each as its item type and text."""
        return [
            (item["type"], "".join(part["text"] for part in item["content"]))
            for item in self.items(thread)
            if "content" in item
        ]

    def items(self, thread: str) -> list[dict[str, Any]]:
        """Return all items of a thread, as the widget reads them."""
        listed = self.ask("items.list", thread_id=thread, order="asc").json()
        items: list[dict[str, Any]] = listed["data"]
        return items


def read_answer(response: httpx2.Response) -> StreamedAnswer:
    """Read a response to its end."""
    return StreamedAnswer(response.status_code, response.headers, list(stream_of(response)))


def stream_of(response: httpx2.Response) -> Iterator[dict[str, Any]]:
    """Yield the events of a response. Check the type of each event and their order.

    Only at the end must all items be closed, so a test may stop reading early.
    """
    assert response.status_code == 200, response.read()
    order = EventOrder()
    for line in response.iter_lines():
        if line.startswith("data: "):
            data = line.removeprefix("data: ")
            EVENT.validate_json(data)
            event = json.loads(data)
            order.follow(event)
            yield event
    order.end()


def running_stack(**environment: str) -> AbstractContextManager[Stack]:
    """Run `make run` on a free port. A SIGTERM to make ends all its processes after the block."""
    return stack_of(("make", "-s", "run", "PORT=0"), ROOT, environment)


@contextmanager
def stack_of(
    command: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> Iterator[Stack]:
    """Run a command that starts a stack, in a folder with a template.

    After the block, check that all its processes end, and that the functions made only AWS calls
    that the template's roles allow.
    """
    monitor = Monitor()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=PLAIN | {"MONITORED_CALLS_RELAY": monitor.address} | dict(environment),
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
        monitor.close()
        raise AssertionError("".join(said))
    logs = next(word for line in said for word in line.split() if word.startswith(".local/"))
    stack = Stack(said[-1].split()[1], folder / logs.rstrip("/;"), process, monitor)
    try:
        yield stack
    finally:
        stack.http.close()
        below = descendants(process.pid)
        process.terminate()
        process.communicate(timeout=PATIENCE)
        monitor.close()
    assert below
    wait_for_end(below)
    allowed = grants(folder / "template.yaml", _parameters(environment))
    assert {call for call in monitor.calls if not any(g.allows(call) for g in allowed)} == set()


def parameters_of(named: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of a local stack in which these values replace the defaults."""
    return _parameters({}) | dict(named)


def _parameters(environment: Mapping[str, str]) -> dict[str, str]:
    login = LocalLogin("https://login.example.com", "app", "s" * 48)
    return parameters(environment, 8000, login, "http://127.0.0.1:1")
