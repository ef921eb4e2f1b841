"""Random requests from the protocol's schema, some with corrupted bytes, get valid answers."""

import asyncio
import json
import warnings
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import pytest
from agents.testing import assistant_message
from chatkit.types import ChatKitReq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from pydantic.json_schema import PydanticJsonSchemaWarning

from tests.system.security.schemas import TEXTS, Values, values_of
from tests.system.security.trial_counts import trial_count
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.wire import thread_of, words
from tests.waiting import PATIENCE

SECRET_WORD = "heirloom"


def operations() -> dict[str, Values]:
    """Return a strategy of requests for each operation's name, from the SDK's own schema."""
    with warnings.catch_warnings():
        # The SDK has a default that JSON cannot express.
        warnings.simplefilter("ignore", PydanticJsonSchemaWarning)
        schema = TypeAdapter[ChatKitReq](ChatKitReq).json_schema()
    definitions = schema["$defs"]
    return {
        name: values_of({"$ref": reference}, definitions)
        for name, reference in schema["discriminator"]["mapping"].items()
    }


OPERATIONS = operations()


@dataclass(frozen=True)
class Ids:
    """Real ids: the user's own, and those of another user."""

    threads: list[str]
    items: list[str]
    foreign: list[str]


def test_the_protocol_has_sixteen_operations() -> None:
    assert len(OPERATIONS) == 16


@st.composite
def requests_of(draw: st.DrawFn, operation: str, ids: Ids) -> bytes:
    """Return a request that matches its schema, often with real ids, sometimes with wrong bytes."""
    request = draw(OPERATIONS[operation])
    is_known = draw(st.integers(0, 9)) < 9
    # Deletions rarely use real ids, so that some threads remain.
    if isinstance(request.get("params"), dict) and is_known != (operation == "threads.delete"):
        draw_known(draw, request["params"], ids)
    body = json.dumps(request).encode()
    if draw(st.integers(0, 7)) == 0:
        at = draw(st.integers(0, len(body)))
        body = body[:at] + draw(st.binary(max_size=4)) + body[at + draw(st.integers(0, 3)) :]
    return body


def draw_known(draw: st.DrawFn, params: dict[str, Any], ids: Ids) -> None:
    """Set real ids, and often a message that the service can answer."""
    threads = st.sampled_from([*ids.threads, *ids.foreign])
    items = st.sampled_from([*ids.items, *ids.foreign])
    if "thread_id" in params:
        params["thread_id"] = draw(threads)
    for name in ("item_id", "attachment_id", "after"):
        if name in params:
            params[name] = draw(st.none() | threads | items if name == "after" else items)
    if "item_ids" in params:
        params["item_ids"] = draw(st.lists(items, max_size=3))
    if "limit" in params:
        params["limit"] = draw(st.integers(0, 101))
    if "content" in params.get("input", {}) and draw(st.integers(0, 3)) < 3:
        attachments = draw(st.lists(items, max_size=1)) if draw(st.integers(0, 3)) == 3 else []
        params["input"] = words(draw(TEXTS), attachments=attachments)


async def begin(chat: Chat, user: str, text: str) -> list[str]:
    """Create a thread of this user, and return its id and those of its items."""
    thread = thread_of(await chat.say(text, user=user))
    listed = await chat.send("items.list", user, thread_id=thread)
    return [thread, *(item["id"] for item in listed.json()["data"])]


def assert_whole(stream: str) -> None:
    """Assert that every event can be parsed and that the last one is complete."""
    assert stream.endswith("\n\n")
    for chunk in stream.removesuffix("\n\n").split("\n\n"):
        if not chunk.startswith(":"):
            assert json.loads(chunk.removeprefix("data: "))["type"]


def assert_valid_answer(answer: Any) -> None:
    """Assert a valid answer, or a refusal in JSON with a sentence."""
    assert answer.status_code < 500, answer.text
    kind = answer.headers["content-type"].partition(";")[0]
    if answer.status_code != 200:
        assert kind == "application/json"
        assert set(answer.json()) == {"message", "code"}
    elif kind == "text/event-stream":
        assert_whole(answer.text)
    else:
        answer.json()


@pytest.fixture
async def ids(chat: Chat) -> Ids:
    chat.model.extend([[assistant_message("Done.")]] * trial_count(300, 6000))
    foreign = await begin(chat, "victim", f"Add a task to hide the {SECRET_WORD}")
    begun = [await begin(chat, "mallory", "Hi") for _ in range(10)]
    threads = [thread for thread, *_ in begun]
    return Ids(threads, [item for _, *items in begun for item in items], foreign)


async def test_any_request_gets_a_valid_answer_without_another_users_data(
    chat: Chat, ids: Ids
) -> None:
    listed = await chat.send("items.list", "victim", thread_id=ids.foreign[0])
    seen: Counter[tuple[int, str]] = Counter()

    async def send_and_check(body: bytes) -> None:
        async with asyncio.timeout(PATIENCE):
            answer = await chat.post(body, **chat.headers("mallory"))
        assert_valid_answer(answer)
        seen[answer.status_code, answer.headers["content-type"].partition(";")[0]] += 1
        assert SECRET_WORD not in answer.text
        found = [each for each in ids.foreign if each in answer.text]
        # A refusal may repeat the requested ids.
        assert not found or answer.status_code == 404
        assert [each for each in found if each.encode() not in body] == []

    for operation in OPERATIONS:
        requests = requests_of(operation, ids)
        await asyncio.to_thread(_run_trials, requests, send_and_check, asyncio.get_running_loop())
    after = await chat.send("items.list", "victim", thread_id=ids.foreign[0])
    assert after.text == listed.text
    # Both good answers and refusals occurred, so the test is meaningful.
    json_, stream = "application/json", "text/event-stream"
    assert {(200, stream), (200, json_), (400, json_), (404, json_)} <= seen.keys()


def _run_trials(
    requests: st.SearchStrategy[bytes],
    send_and_check: Callable[[bytes], Coroutine[Any, Any, None]],
    loop: asyncio.AbstractEventLoop,
) -> None:
    """Run the trials, which Hypothesis calls as plain functions, in the chat's event loop."""

    # All operations together: 160 or 5,008 trials.
    @settings(
        max_examples=trial_count(10, 313), deadline=None, suppress_health_check=list(HealthCheck)
    )
    @given(requests)
    def trial(body: bytes) -> None:
        asyncio.run_coroutine_threadsafe(send_and_check(body), loop).result()

    trial()
