"""The chat function over HTTP: what a signed-in user can do, and what he is told."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import openai
import pytest
from agents.exceptions import ModelBehaviorError
from agents.items import TResponseStreamEvent
from agents.testing import ModelStep, assistant_message, function_call
from chatkit.types import AssistantMessageItem, ThreadItem
from openai.types.responses import (
    ResponseContentPartAddedEvent,
    ResponseOutputItemAddedEvent,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseTextDeltaEvent,
)

from chat_api.context import ChatContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.table import StoreUnavailable
from chat_api.store.transcript import Transcript

REQUEST = httpx2.Request("POST", "http://model/v1/responses")


def words(text: str, **more: Any) -> dict[str, Any]:
    """A message of the protocol."""
    content = [{"type": "input_text", "text": text}]
    return {"content": content, "attachments": [], "inference_options": {}} | more


def types(events: Any) -> list[str]:
    return [event["type"] for event in events]


def thread_of(events: Any) -> str:
    thread: str = events[0]["thread"]["id"]
    return thread


def part_of_an_answer(text: str) -> list[TResponseStreamEvent]:
    """The beginning of a streamed message: its first words, but not its end."""
    message = ResponseOutputMessage(
        id="m", type="message", role="assistant", status="in_progress", content=[]
    )
    part = ResponseOutputText(type="output_text", text="", annotations=[])
    place: dict[str, Any] = {"item_id": "m", "output_index": 0, "content_index": 0}
    return [
        ResponseOutputItemAddedEvent(
            type="response.output_item.added", item=message, output_index=0, sequence_number=0
        ),
        ResponseContentPartAddedEvent(
            type="response.content_part.added", part=part, sequence_number=1, **place
        ),
        ResponseTextDeltaEvent(
            type="response.output_text.delta", delta=text, logprobs=[], sequence_number=2, **place
        ),
    ]


def broken_off(text: str, error: Exception) -> ModelStep:
    async def stream(_call: object) -> AsyncIterator[TResponseStreamEvent]:
        for event in part_of_an_answer(text):
            yield event
        # The runner drops what its reader has not taken yet when the model fails: let him read.
        for _ in range(20):
            await asyncio.sleep(0)
        raise error

    return ModelStep(stream_events=stream)


async def test_a_first_message_opens_a_thread_and_is_answered(chat: Any) -> None:
    chat.model.extend([[assistant_message("Hello!")]])
    events = await chat.say("Hi")
    assert types(events)[:3] == ["thread.created", "thread.item.done", "stream_options"]
    assert types(events)[-1] == "thread.item.done"
    assert await chat.items(thread_of(events)) == [
        ("user_message", "Hi"),
        ("assistant_message", "Hello!"),
    ]


async def test_the_answer_is_one_minted_item_from_beginning_to_end(chat: Any) -> None:
    chat.model.extend([[assistant_message("Hello!", item_id="__fake_id__")]])
    events = await chat.say("Hi")
    answer = events[-1]["item"]["id"]
    assert answer.startswith("msg_")
    assert {event["item_id"] for event in events if "item_id" in event} == {answer}


async def test_the_turn_s_id_and_unbuffered_headers_come_with_the_stream(chat: Any) -> None:
    chat.model.extend([[assistant_message("Hello!")]])
    response = await chat.send("threads.create", input=words("Hi"))
    assert response.headers["x-chatkit-turn"].startswith("turn_")
    assert response.headers["cache-control"] == "no-cache, no-transform"


async def test_a_tool_changes_the_user_s_own_tasks(chat: Any, tool_function: Any) -> None:
    add = function_call("add_task", {"title": "buy milk"}, call_id="c1")
    chat.model.extend([[add], [assistant_message("Done.")]])
    await chat.say("Add buy milk")
    [task] = tool_function.tasks.page("alice", cursor=None).tasks
    assert task.title == "buy milk"
    assert tool_function.tasks.page("bob", cursor=None).tasks == []


async def test_the_next_turn_is_given_the_earlier_ones_with_their_tool_calls(chat: Any) -> None:
    listed = function_call("list_tasks", {}, call_id="c1")
    chat.model.extend([[listed], [assistant_message("Nothing.")], [assistant_message("Again.")]])
    thread = thread_of(await chat.say("What is on my list?"))
    await chat.say("And now?", thread)
    given = chat.model.last_call.input
    kinds = [item.get("type", item.get("role")) for item in given]
    assert kinds == ["message", "function_call", "function_call_output", "assistant", "message"]
    assert [item for item in given if "id" in item] == []


async def test_the_model_s_endpoint_is_asked_to_keep_nothing(chat: Any) -> None:
    chat.model.extend([[assistant_message("Hello!")]])
    await chat.say("Hi")
    settings = chat.model.last_call.model_settings
    assert settings.store is False
    assert settings.response_include == ["reasoning.encrypted_content"]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (openai.APIConnectionError(request=REQUEST), "cannot be reached"),
        (
            openai.RateLimitError("x", response=httpx2.Response(429, request=REQUEST), body=None),
            "is busy",
        ),
        (
            openai.AuthenticationError(
                "x", response=httpx2.Response(401, request=REQUEST), body=None
            ),
            "not set up correctly",
        ),
        (
            openai.InternalServerError(
                "x", response=httpx2.Response(500, request=REQUEST), body=None
            ),
            "cannot be reached",
        ),
        (ModelBehaviorError("hunter2"), "broke off"),
        (RuntimeError("hunter2"), "Something went wrong"),
    ],
)
async def test_a_failing_model_is_told_in_a_sentence(
    chat: Any, logged: list[dict[str, Any]], error: Exception, sentence: str
) -> None:
    chat.model.extend([error])
    events = await chat.say("Hi")
    assert types(events)[-1] == "error"
    assert sentence in events[-1]["message"]
    assert "hunter2" not in json.dumps(events)
    [line] = [line for line in logged if line["message"] == "answer_failed"]
    assert line["request_id"]
    assert await chat.items(thread_of(events)) == [("user_message", "Hi")]


async def test_what_was_streamed_before_a_failure_is_kept_and_remembered(chat: Any) -> None:
    chat.model.extend(
        [
            broken_off("Once upon", openai.APIConnectionError(request=REQUEST)),
            [assistant_message("a time.")],
        ]
    )
    events = await chat.say("Tell me a story")
    thread = thread_of(events)
    assert types(events)[-2:] == ["thread.item.done", "error"]
    assert (await chat.items(thread))[-1] == ("assistant_message", "Once upon")
    await chat.say("Go on", thread)
    assert {"role": "assistant", "content": "Once upon"} in chat.model.last_call.input


async def test_unreachable_tools_are_told_in_a_sentence(chat: Any, tool_function: Any) -> None:
    tool_function.broken = True
    events = await chat.say("Hi")
    assert "tools cannot be reached" in events[-1]["message"]
    tool_function.broken = False
    chat.model.extend([[assistant_message("Hello!")]])
    assert types(await chat.say("Hi", thread_of(events)))[-1] == "thread.item.done"


async def test_a_message_that_no_answer_came_to_is_remembered(
    chat: Any, tool_function: Any
) -> None:
    tool_function.broken = True
    events = await chat.say("My name is Bob")
    tool_function.broken = False
    chat.model.extend([[assistant_message("Hello!")]])
    await chat.say("Hi", thread_of(events))
    assert "My name is Bob" in str(chat.model.last_call.input)


async def test_a_store_that_fails_in_the_middle_is_told_and_closes_the_turn(
    chat: Any, store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = store.add_thread_item

    async def add(thread_id: str, item: ThreadItem, context: ChatContext) -> None:
        if isinstance(item, AssistantMessageItem):
            raise StoreUnavailable
        await added(thread_id, item, context)

    monkeypatch.setattr(store, "add_thread_item", add)
    chat.model.extend([[assistant_message("Lost.")]])
    events = await chat.say("Hi")
    assert types(events)[-1] == "error"
    assert "Please try again" in events[-1]["message"]
    monkeypatch.undo()
    chat.model.extend([[assistant_message("Found.")]])
    assert types(await chat.say("Again", thread_of(events)))[-1] == "thread.item.done"


async def test_a_turn_that_cannot_be_remembered_is_answered_all_the_same(
    chat: Any, transcript: Transcript, monkeypatch: pytest.MonkeyPatch, logged: list[Any]
) -> None:
    async def save(*_arguments: Any) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(transcript, "save", save)
    chat.model.extend([[assistant_message("Hello!")]])
    assert types(await chat.say("Hi"))[-1] == "thread.item.done"
    assert "turn_not_remembered" in [line["message"] for line in logged]


async def test_a_message_is_answered_again_without_what_followed(chat: Any) -> None:
    chat.model.extend([[assistant_message(text)] for text in ("one", "two", "again")])
    events = await chat.say("first")
    thread, message = thread_of(events), events[1]["item"]["id"]
    await chat.say("second", thread)
    again = await chat.send("threads.retry_after_item", thread_id=thread, item_id=message)
    assert again.status_code == 200
    assert await chat.items(thread) == [("user_message", "first"), ("assistant_message", "again")]
    assert len(chat.model.last_call.input) == 1


async def test_a_client_that_leaves_stops_nothing(chat: Any) -> None:
    asked, gate = asyncio.Event(), asyncio.Event()

    async def answer(_call: object) -> list[Any]:
        asked.set()
        await gate.wait()
        return [assistant_message("Still here.")]

    chat.model.extend([ModelStep(responder=answer)])
    asking = asyncio.create_task(chat.say("Hi"))
    await asked.wait()
    asking.cancel()
    await asyncio.wait([asking])
    gate.set()
    this_test = {asyncio.current_task()}
    while turn := asyncio.all_tasks() - this_test:
        await asyncio.wait(turn)
    thread = (await chat.send("threads.list")).json()["data"][0]["id"]
    assert (await chat.items(thread))[-1] == ("assistant_message", "Still here.")


async def test_threads_are_listed_renamed_and_deleted(chat: Any) -> None:
    chat.model.extend([[assistant_message("one")], [assistant_message("two")]])
    first, second = [thread_of(await chat.say(text)) for text in ("a", "b")]
    listed = (await chat.send("threads.list")).json()["data"]
    assert [thread["id"] for thread in listed] == [second, first]
    await chat.send("threads.update", thread_id=first, title="Groceries")
    opened = (await chat.send("threads.get_by_id", thread_id=first)).json()
    assert (opened["title"], len(opened["items"]["data"])) == ("Groceries", 2)
    await chat.send("threads.delete", thread_id=first)
    assert (await chat.send("threads.get_by_id", thread_id=first)).status_code == 404


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("threads.get_by_id", {}),
        ("threads.update", {"title": "mine"}),
        ("threads.delete", {}),
        ("items.list", {}),
        ("threads.retry_after_item", {"item_id": "msg_x"}),
        (
            "threads.add_user_message",
            {"input": words("Hi")},
        ),
    ],
)
async def test_a_foreign_or_unknown_thread_is_404_and_untouched(
    chat: Any, operation: str, params: dict[str, Any]
) -> None:
    chat.model.extend([[assistant_message("one")]])
    thread = thread_of(await chat.say("secret"))
    foreign = await chat.send(operation, "bob", thread_id=thread, **params)
    unknown = await chat.send(operation, "alice", thread_id="thr_unknown", **params)
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.json()["code"] == "not_found"
    assert await chat.items(thread) == [("user_message", "secret"), ("assistant_message", "one")]


async def test_two_users_never_see_each_other_s_threads(chat: Any) -> None:
    chat.model.extend([[assistant_message("one")]])
    await chat.say("secret", user="alice")
    assert (await chat.send("threads.list", "bob")).json()["data"] == []


async def test_an_unknown_attachment_is_404_and_leaves_no_thread(chat: Any) -> None:
    message = words("Look", attachments=["atc_x"])
    assert (await chat.send("threads.create", input=message)).status_code == 404
    assert (await chat.send("threads.list")).json()["data"] == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"type":"threads.nope"}', b'"text"']
)
async def test_what_is_no_chatkit_request_is_400(chat: Any, body: bytes) -> None:
    response = await chat.post(body, **chat.headers("alice"))
    assert response.status_code == 400
    assert response.json()["message"].startswith("Not a ChatKit request.")


async def test_a_refused_request_does_not_repeat_what_was_sent(chat: Any) -> None:
    body = json.dumps({"type": "threads.get_by_id", "params": {"thread_id": ["hunter2"]}})
    response = await chat.post(body.encode(), **chat.headers("alice"))
    assert "thread_id" in response.json()["message"]
    assert "hunter2" not in response.text


async def test_a_body_over_one_megabyte_is_413(chat: Any) -> None:
    response = await chat.post(b" " * (1024 * 1024 + 1), **chat.headers("alice"))
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "message",
    [
        words(""),
        words("  \n"),
        words("Hi", content=[]),
        words("Hi", content=[{"type": "input_tag", "id": "1", "text": "x", "data": {}}]),
        words("Hi", inference_options={"model": "another"}),
        words("Hi", inference_options={"tool_choice": {"id": "add_task"}}),
    ],
)
async def test_a_message_that_cannot_be_answered_is_400_and_leaves_no_thread(
    chat: Any, message: dict[str, Any]
) -> None:
    assert (await chat.send("threads.create", input=message)).status_code == 400
    assert (await chat.send("threads.list")).json()["data"] == []


async def test_a_message_that_is_too_long_is_413_and_leaves_no_thread(chat: Any) -> None:
    assert (await chat.send("threads.create", input=words("x" * 200_001))).status_code == 413
    assert (await chat.send("threads.list")).json()["data"] == []


@pytest.mark.parametrize("title", ["", "  ", "x" * 201])
async def test_a_title_out_of_bounds_is_400(chat: Any, title: str) -> None:
    response = await chat.send("threads.update", thread_id="thr_x", title=title)
    assert response.status_code == 400


@pytest.mark.parametrize("limit", [0, -1, 101])
async def test_a_page_out_of_bounds_is_400(chat: Any, limit: int) -> None:
    # The SDK takes 0 for its default.
    response = await chat.send("threads.list", limit=limit)
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("input.transcribe", {"audio_base64": "", "mime_type": "audio/webm"}),
        ("attachments.create", {"name": "a", "size": 1, "mime_type": "text/plain"}),
        ("threads.custom_action", {"thread_id": "t", "action": {"type": "x"}}),
        ("items.feedback", {"thread_id": "t", "item_ids": [], "kind": "positive"}),
    ],
)
async def test_what_this_assistant_does_not_do_is_refused_clearly(
    chat: Any, operation: str, params: dict[str, Any]
) -> None:
    response = await chat.send(operation, **params)
    assert response.status_code == 400
    assert response.json()["message"].startswith("This assistant")


@pytest.mark.parametrize("authorization", [None, "", "Bearer x", "Bearer a.b.c"])
async def test_without_a_client_secret_nothing_is_answered(
    chat: Any, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    response = await chat.post(b"{}", **headers)
    assert response.status_code == 401
    assert response.json()["message"] == "Authentication required. Please log in."
