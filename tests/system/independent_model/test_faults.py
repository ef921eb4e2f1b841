"""Each fault that aimock can inject has the outcome that it has with our own endpoints."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from chat_api.model.retry_policy import SILENCE_SECONDS
from tests.loop_clock import LoopClock
from tests.system.independent_model.aimock import Aimock
from tests.system.independent_model.wire_chat import WireChat
from tests.unit.chat_api.wire import of_type, thread_of, types

SECRET = "hunter2"
TEXT = f"The first half of a sentence, and then {SECRET}"
# Characters in each event.
PIECE = 17
# Longer than any test. A stalled answer ends with its connection.
HOUR = 3_600_000
HELLO = {"content": "Hello!"}


def error(status: int, code: str | None = None, **more: Any) -> dict[str, Any]:
    return {"status": status, "error": {"message": SECRET, "code": code}, **more}


@dataclass(frozen=True)
class Fault:
    """What aimock does, and what follows from it."""

    sentence: str
    response: dict[str, Any] = field(default_factory=lambda: dict(HELLO))
    options: dict[str, Any] = field(default_factory=dict)
    allow_retry: bool = True
    requests: int = 3
    # Keys of the log line for the failed request.
    logged: dict[str, Any] = field(default_factory=dict)


FAULTS = {
    "429": Fault(
        "is busy",
        error(429, "rate_limit_exceeded", retryAfter=0.01),
        logged={"status": 429, "code": "rate_limit_exceeded"},
    ),
    "429 with a long wait": Fault(
        "is busy", error(429, retryAfter=SILENCE_SECONDS + 1), requests=1, logged={"status": 429}
    ),
    "an empty account": Fault(
        "used up its quota",
        error(429, "insufficient_quota"),
        allow_retry=False,
        requests=1,
        logged={"status": 429, "code": "insufficient_quota"},
    ),
    "a wrong key": Fault(
        "its key was refused",
        error(401, "invalid_api_key"),
        allow_retry=False,
        requests=1,
        logged={"status": 401, "error": "AuthenticationError"},
    ),
    "an unknown model": Fault(
        "its model was not found",
        error(404, "model_not_found"),
        allow_retry=False,
        requests=1,
        logged={"status": 404},
    ),
    "a long conversation": Fault(
        "too long to go on",
        error(400, "context_length_exceeded"),
        allow_retry=False,
        requests=1,
        logged={"status": 400},
    ),
    "500": Fault("cannot be reached", error(500), logged={"status": 500}),
    "503": Fault("is busy", error(503), logged={"status": 503}),
    "a dropped request": Fault(
        "cannot be reached",
        options={"chaos": {"dropRate": 1}},
        logged={"status": 500, "code": "chaos_drop"},
    ),
    "garbage": Fault(
        "broke off",
        options={"chaos": {"malformedRate": 1}},
        requests=1,
        logged={"status": 200, "content_type": "application/json", "error": "IncompleteAnswer"},
    ),
    "a connection closed before the answer": Fault(
        "cannot be reached",
        options={"chaos": {"disconnectRate": 1}},
        logged={"connection": "closed"},
    ),
    "a connection closed after its deadline": Fault(
        "cannot be reached",
        options={"latency": HOUR, "disconnectAfterMs": 1},
        logged={"connection": "closed"},
    ),
}
# One of each kind. `make test-all` runs all of them.
EVERY_RUN = ("429", "a dropped request", "garbage", "a connection closed before the answer")
MODEL_LINES = ("model_request_retried", "model_request_failed")


def requests_in(logged: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [line for line in logged if line["message"] in MODEL_LINES]


@pytest.mark.parametrize(
    "name",
    [pytest.param(each, marks=[] if each in EVERY_RUN else pytest.mark.deep) for each in FAULTS],
)
async def test_a_fault_is_explained_logged_and_retried_as_with_our_own_endpoints(
    chat: WireChat, aimock: Aimock, api: str, logged: list[dict[str, Any]], name: str
) -> None:
    fault = FAULTS[name]
    aimock.answer("Hi", fault.response, **fault.options)
    events = await chat.say("Hi")
    assert types(events)[-1] == "error"
    assert fault.sentence in events[-1]["message"]
    assert events[-1]["allow_retry"] is fault.allow_retry
    assert await chat.items(thread_of(events)) == [("user_message", "Hi")]
    lines = requests_in(logged)
    assert len(chat.requests) == len(lines) == fault.requests
    assert [line["message"] for line in lines][-1] == "model_request_failed"
    for line in lines:
        assert line["api"] == api
        assert line | fault.logged == line
    assert SECRET not in str(logged) + str(events)


async def test_the_wait_that_aimock_requests_is_logged(
    chat: WireChat, aimock: Aimock, logged: list[dict[str, Any]]
) -> None:
    aimock.answer("Hi", error(429, retryAfter=0.01))
    await chat.say("Hi")
    assert [line.get("retry_in") for line in requests_in(logged)] == [0.01, 0.01, None]


async def test_a_request_is_logged_with_the_id_that_aimock_gave_it(
    chat: WireChat, aimock: Aimock, logged: list[dict[str, Any]]
) -> None:
    aimock.answer("Hi", error(401))
    await chat.say("Hi")
    [line] = requests_in(logged)
    [request] = aimock.requests()
    assert line["model_request_id"] == request["headers"]["x-request-id"]


async def test_an_answer_follows_a_passing_refusal(chat: WireChat, aimock: Aimock) -> None:
    aimock.answer("Hi", HELLO)
    aimock.refuse_next(503)
    events = await chat.say("Hi")
    assert (await chat.items(thread_of(events)))[-1] == ("assistant_message", "Hello!")
    assert [request["response"]["status"] for request in aimock.requests()] == [503, 200]


def events_until(pieces: int, api: str) -> int:
    """Return the number of events that aimock has sent when this many pieces of a text are out."""
    return pieces + (4 if api == "responses" else 1)


async def test_text_before_a_cut_is_kept_and_the_next_turn_continues(
    chat: WireChat, aimock: Aimock, api: str, logged: list[dict[str, Any]]
) -> None:
    # Without a pause, aimock closes the connection before it has sent anything.
    aimock.answer(
        "Hi",
        {"content": TEXT},
        chunkSize=PIECE,
        latency=1,
        truncateAfterChunks=events_until(2, api),
    )
    events = await chat.say("Hi")
    assert "cannot be reached" in events[-1]["message"]
    assert len(chat.requests) == 1
    [line] = requests_in(logged)
    assert (line["message"], line["connection"]) == ("model_request_failed", "closed")
    thread = thread_of(events)
    [_, (_, kept)] = await chat.items(thread)
    assert kept
    assert TEXT.startswith(kept)
    aimock.answer("Go ahead", HELLO)
    await chat.say("Go ahead", thread)
    assert kept in chat.given
    assert "stopped here before its end" in chat.given


@pytest.mark.parametrize("pieces", [0, 2])
async def test_a_stalled_answer_is_given_up_and_its_text_is_kept(
    chat: WireChat,
    aimock: Aimock,
    api: str,
    loop_clock: LoopClock,
    logged: list[dict[str, Any]],
    pieces: int,
) -> None:
    sent = events_until(pieces, api) if pieces else 0
    first, *others = [0] * sent + [HOUR]
    timings = {"ttftMs": first, "interChunkDelaysMs": others, "totalDurationMs": HOUR}
    aimock.answer("Hi", {"content": TEXT}, chunkSize=PIECE, recordedTimings=timings)
    saying = asyncio.create_task(chat.say("Hi"))
    await chat.transport.received(sent)
    while not saying.done():
        loop_clock.skip(SILENCE_SECONDS)
        await asyncio.wait([saying], timeout=SILENCE_SECONDS)
    events = await saying
    assert "did not answer in time" in events[-1]["message"]
    assert len(chat.requests) == 1
    assert len(requests_in(logged)) == 1
    kept = "".join(
        item["content"][0]["text"]
        for item in of_type(await chat.shown(thread_of(events)), "assistant_message")
    )
    assert kept == TEXT[: PIECE * pieces]


@pytest.mark.parametrize("reason", ["length", "content_filter"])
async def test_text_of_an_answer_that_ends_early_is_kept(
    chat: WireChat, aimock: Aimock, api: str, reason: str
) -> None:
    aimock.answer("Hi", {"content": TEXT, "finishReason": reason})
    events = await chat.say("Hi")
    # Over the Responses API, aimock sends a status without the reason.
    over_chat = {"length": "became too long", "content_filter": "not allowed to answer this"}[
        reason
    ]
    assert ("broke off" if api == "responses" else over_chat) in events[-1]["message"]
    assert (await chat.items(thread_of(events)))[-1] == ("assistant_message", TEXT)
    assert len(chat.requests) == 1
