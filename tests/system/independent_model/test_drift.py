"""Our scripted model and aimock send answers of the same shape, except for the listed differences.

README.md of this folder has the list. Without it, our other tests could pass with an API that only
we speak.
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import httpx2
import pytest

from local_stack.model.app import create_app
from local_stack.model.faults import REFUSALS
from local_stack.model.model import Model, pause_of
from local_stack.serving import address_of, listen, serving
from tests.system.independent_model.aimock import Aimock
from tests.system.independent_model.conftest import APIS
from tests.system.independent_model.shapes import shape_of

README = (Path(__file__).parent / "README.md").read_text()
OURS, AIMOCK = "our model", "aimock"
_ROW = re.compile(rf"^\| ({OURS}|{AIMOCK}) \| (.+) \| .+ \|$", re.MULTILINE)
KEY = {"authorization": "Bearer any"}
SCHEMA = {"type": "object", "properties": {"title": {"type": "string"}}}
PATHS = {"responses": "/v1/responses", "chat_completions": "/v1/chat/completions"}
# What our model understands, with an aimock response that says the same.
TITLES = ("buy milk", "buy eggs")
CALLS = [{"name": "add_task", "arguments": {"title": title}} for title in TITLES]
SAYINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "a text": ("Thanks", {"content": "You are welcome!"}),
    "a call": (f"Add a task to {TITLES[0]}", {"toolCalls": CALLS[:1]}),
    "two calls": (" and ".join(f"add a task to {each}" for each in TITLES), {"toolCalls": CALLS}),
}


@dataclass(frozen=True)
class Difference:
    """Facts that only one of the two sends. The pattern is a shell wildcard."""

    sender: str
    pattern: str

    def covers(self, sender: str, fact: str) -> bool:
        return sender == self.sender and fnmatchcase(fact, self.pattern)


KNOWN = [
    Difference(sender, pattern)
    for sender, patterns in _ROW.findall(README)
    for pattern in re.findall("`(.+?)`", patterns)
]


@pytest.fixture(autouse=True)
def model_requests_are_strict() -> None:
    """Let these tests send requests that an endpoint refuses."""


def body(api: str, text: str, *, stream: bool) -> dict[str, Any]:
    if api == "responses":
        tool = {"type": "function", "name": "add_task", "parameters": SCHEMA, "strict": False}
        return {"model": "gpt-4.1", "input": text, "tools": [tool], "stream": stream}
    function = {"name": "add_task", "parameters": SCHEMA}
    sent = {
        "model": "gpt-4.1",
        "messages": [{"role": "user", "content": text}],
        "tools": [{"type": "function", "function": function}],
        "stream": stream,
    }
    return sent | ({"stream_options": {"include_usage": True}} if stream else {})


@pytest.fixture
async def scripted() -> AsyncIterator[httpx2.AsyncClient]:
    """Return a client of our scripted model."""
    listener = listen(0)
    async with (
        serving(create_app(Model(pause=pause_of(0))), listener),
        httpx2.AsyncClient(base_url=address_of(listener), headers=KEY, trust_env=False) as client,
    ):
        yield client


@pytest.fixture
async def other(aimock: Aimock) -> AsyncIterator[httpx2.AsyncClient]:
    """Return a client of aimock."""
    async with httpx2.AsyncClient(base_url=aimock.address, headers=KEY, trust_env=False) as client:
        yield client


class Comparison:
    """Sends requests to both servers and keeps the facts that only one of them sends."""

    def __init__(self, scripted: httpx2.AsyncClient, other: httpx2.AsyncClient) -> None:
        self._clients = {OURS: scripted, AIMOCK: other}
        self.found: list[tuple[str, str, str]] = []

    async def send(self, name: str, method: str, path: str, **how: Any) -> None:
        shapes: Mapping[str, set[str]] = {
            sender: shape_of(await client.request(method, path, **how))
            for sender, client in self._clients.items()
        }
        for sender, shape in shapes.items():
            common = set.intersection(*shapes.values())
            self.found += [(name, sender, fact) for fact in sorted(shape - common)]


@pytest.fixture
async def comparison(
    aimock: Aimock, scripted: httpx2.AsyncClient, other: httpx2.AsyncClient
) -> Comparison:
    """Compare answers, refusals and malformed requests over both APIs."""
    comparison = Comparison(scripted, other)
    for text, response in SAYINGS.values():
        aimock.answer(text, response)
    for code, refusal in REFUSALS.items():
        error = {"message": "No.", "type": refusal.type, "code": code}
        aimock.answer(f"Fail with {code}", {"error": error, "status": refusal.status})
    for api in APIS:
        path = PATHS[api]
        for name, (text, _) in SAYINGS.items():
            for stream in (True, False):
                sent = body(api, text, stream=stream)
                await comparison.send(f"{name}, {api}, {stream=}", "POST", path, json=sent)
        for code in REFUSALS:
            sent = body(api, f"Fail with {code}", stream=True)
            await comparison.send(f"{code}, {api}", "POST", path, json=sent)
        await comparison.send(f"a body that is not JSON, {api}", "POST", path, content=b"{")
    await comparison.send("the list of models", "GET", "/v1/models")
    await comparison.send("an unknown path", "GET", "/v1/nowhere")
    return comparison


async def test_our_model_and_aimock_differ_only_where_the_list_says(
    comparison: Comparison,
) -> None:
    assert [
        (name, sender, fact)
        for name, sender, fact in comparison.found
        if not any(each.covers(sender, fact) for each in KNOWN)
    ] == []


async def test_every_listed_difference_exists(comparison: Comparison) -> None:
    assert KNOWN
    assert [
        each
        for each in KNOWN
        if not any(each.covers(sender, fact) for _, sender, fact in comparison.found)
    ] == []


CALL = {"type": "function_call", "call_id": "call_1", "name": "add_task", "arguments": "{}"}
RESULT = {"type": "function_call_output", "call_id": "call_1", "output": "Added."}
ASKED = {"role": "user", "content": "Thanks"}


@pytest.mark.parametrize(
    ("given", "headers", "status"),
    [
        ([ASKED, CALL], {}, 400),
        ([RESULT, ASKED], {}, 400),
        ([ASKED], {"authorization": ""}, 401),
    ],
)
async def test_our_model_refuses_what_aimock_accepts(
    aimock: Aimock,
    scripted: httpx2.AsyncClient,
    other: httpx2.AsyncClient,
    given: list[dict[str, Any]],
    headers: dict[str, str],
    status: int,
) -> None:
    aimock.answer("Thanks", {"content": "You are welcome!"})
    sent = {"model": "gpt-4.1", "input": given}
    path = PATHS["responses"]
    assert (await scripted.post(path, json=sent, headers=headers)).status_code == status
    assert (await other.post(path, json=sent, headers=headers)).status_code == 200
