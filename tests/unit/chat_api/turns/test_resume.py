"""A request repeated during its answer receives the same answer."""

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any

import boto3
import jwt
from agents.testing import assistant_message, function_call
from openai.types.responses.response_output_item import ImageGenerationCall

from local_stack.model.hosted_items import picture
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.over_http import events as events_of
from tests.unit.chat_api.turns.conftest import Environment, Slow
from tests.unit.chat_api.turns.turn_events import (
    final_items,
    first_message,
    shown,
    wait_for_text,
    wait_for_thread,
)
from tests.unit.chat_api.waiting_turns import ASK, asked, submit
from tests.unit.chat_api.whole_answers import whole_answer
from tests.unit.chat_api.wire import thread_of, types, words

STORY = [
    ("user_message", "Tell me a story"),
    ("assistant_message", "Once upon a time."),
    ("end_of_turn", ""),
]


async def test_a_repeated_first_message_in_another_environment_gets_the_text_so_far_and_the_rest(
    first_environment: Environment, second_environment: Environment, slow: Slow
) -> None:
    first_environment.model.extend([slow.step])
    request = first_message("Tell me a story")
    pending = asyncio.create_task(first_environment.send("threads.create", **request))
    thread = await wait_for_thread(first_environment)
    await wait_for_text(first_environment, thread)
    repeat = asyncio.create_task(second_environment.send("threads.create", **request))
    await second_environment.until_sent()
    slow.may_continue.set()
    received, repeated = await pending, await repeat
    assert repeated.headers["x-chatkit-turn"] == received.headers["x-chatkit-turn"]
    events = events_of(repeated)
    assert types(events)[:4] == [
        "thread.created",
        "thread.item.done",
        "stream_options",
        "thread.item.added",
    ]
    assert thread_of(events) == thread
    assert final_items(events) == STORY
    assert [event["item"] for event in events if event["type"] == "thread.item.done"] == (
        await shown(first_environment, thread)
    )
    assert len((await first_environment.send("threads.list")).json()["data"]) == 1


async def test_a_repeated_message_joins_its_turn_from_another_environment(
    first_environment: Environment, second_environment: Environment, slow: Slow
) -> None:
    first_environment.model.extend([[assistant_message("Hello!")], slow.step])
    thread = thread_of(await first_environment.say("Hi"))
    request: dict[str, Any] = {"thread_id": thread, "input": words("Tell me a story")}
    pending = asyncio.create_task(first_environment.send("threads.add_user_message", **request))
    await wait_for_text(first_environment, thread)
    repeat = asyncio.create_task(second_environment.send("threads.add_user_message", **request))
    await second_environment.until_sent()
    slow.may_continue.set()
    await pending
    assert final_items(events_of(await repeat)) == STORY
    assert len(await shown(first_environment, thread)) == 6


async def test_a_repeated_retry_receives_the_answer_without_the_message(
    first_environment: Environment, second_environment: Environment, slow: Slow
) -> None:
    first_environment.model.extend([[assistant_message("Hello!")], slow.step])
    said = await first_environment.say("Tell me a story")
    request = {"thread_id": thread_of(said), "item_id": said[1]["item"]["id"]}
    pending = asyncio.create_task(first_environment.send("threads.retry_after_item", **request))
    await wait_for_text(first_environment, thread_of(said))
    repeat = asyncio.create_task(second_environment.send("threads.retry_after_item", **request))
    await second_environment.until_sent()
    slow.may_continue.set()
    await pending
    assert final_items(events_of(await repeat)) == STORY[1:]


async def test_another_message_gets_409_and_another_sessions_message_starts_its_own_turn(
    first_environment: Environment, second_environment: Environment, slow: Slow
) -> None:
    first_environment.model.extend([slow.step])
    pending = asyncio.create_task(
        first_environment.send("threads.create", **first_message("Tell me a story"))
    )
    thread = await wait_for_thread(first_environment)
    await slow.begun.wait()
    other = await second_environment.send(
        "threads.add_user_message", thread_id=thread, input=words("Now?")
    )
    assert other.status_code == 409
    second_environment.model.extend([[assistant_message("Another.")]])
    bob = await second_environment.send("threads.create", "bob", **first_message("Tell me a story"))
    assert ("assistant_message", "Another.") in final_items(events_of(bob))
    slow.may_continue.set()
    await pending


class AnyLogin:
    """Accepts every login token."""

    def user(self, token: str) -> str:
        return "alice"


def login_token(device: str) -> str:
    return jwt.encode({"iss": "login", "sid": device}, "s" * 32)


async def test_with_login_tokens_a_repeat_joins_and_another_device_starts_its_own_thread(
    first_environment: Environment, new_environment: Callable[..., Environment], slow: Slow
) -> None:
    chat = new_environment(identity=AnyLogin())
    chat.model.extend([slow.step, [assistant_message("Another.")]])
    body = json.dumps({"type": "threads.create", "params": first_message("Hi")}).encode()

    def pending(device: str) -> asyncio.Task[Any]:
        bearer = f"Bearer {login_token(device)}"
        return asyncio.create_task(chat.post(body, authorization=bearer))

    first = pending("phone")
    await slow.begun.wait()
    begins = chat.answers()
    repeated = pending("phone")
    await begins.acquire()
    other = events_of(await pending("desk"))
    slow.may_continue.set()
    threads = [thread_of(events_of(await each)) for each in (first, repeated)]
    assert threads[0] == threads[1] != thread_of(other)


async def test_the_same_message_after_the_turn_starts_a_new_turn(chat: Chat) -> None:
    chat.model.extend([[assistant_message("one")], [assistant_message("two")]])
    threads = {thread_of(await chat.say("Hi")) for _ in range(2)}
    assert len(threads) == 2
    [row] = boto3.client("dynamodb").scan(TableName="sessions")["Items"]
    assert not [name for name in row if name.startswith("first#")]


async def test_a_reconnecting_client_gets_the_same_answer(
    first_environment: Environment, slow: Slow
) -> None:
    first_environment.model.extend([slow.step])
    request = first_message("Tell me a story")
    lost = asyncio.create_task(first_environment.send("threads.create", **request))
    thread = await wait_for_thread(first_environment)
    await wait_for_text(first_environment, thread)
    lost.cancel()
    await asyncio.wait([lost])
    again = asyncio.create_task(first_environment.send("threads.create", **request))
    await first_environment.until_sent()
    slow.may_continue.set()
    assert final_items(events_of(await again)) == STORY
    assert len(await shown(first_environment, thread)) == 3


async def test_only_the_two_newest_of_five_repeats_get_the_answer(
    first_environment: Environment, second_environment: Environment, slow: Slow
) -> None:
    first_environment.model.extend([slow.step])
    request = first_message("Tell me a story")
    first = asyncio.create_task(first_environment.send("threads.create", **request))
    await wait_for_text(first_environment, await wait_for_thread(first_environment))
    pending = []
    for chat in (
        second_environment,
        first_environment,
        second_environment,
        first_environment,
        second_environment,
    ):
        begins = chat.answers()
        pending.append(asyncio.create_task(chat.send("threads.create", **request)))
        await begins.acquire()
    # The displaced ones end while the turn still runs.
    for displaced in await asyncio.gather(*pending[:3]):
        *before, last = events_of(displaced)
        assert (last["type"], "another window" in last["message"]) == ("notice", True)
        assert "error" not in types(before)
        assert not any(kind == "assistant_message" for kind, _ in final_items(before))
    assert not pending[3].done()
    slow.may_continue.set()
    for response in await asyncio.gather(first, *pending[3:]):
        assert final_items(events_of(response)) == STORY
    assert len((await first_environment.send("threads.list")).json()["data"]) == 1


async def test_a_repeated_answer_sees_the_question_answered_and_the_rest(
    first_environment: Environment, second_environment: Environment, slow: Slow
) -> None:
    thread, form = await asked(first_environment, ASK)
    first_environment.model.extend([slow.step])
    answering = asyncio.create_task(submit(first_environment, form, "blue"))
    await wait_for_text(first_environment, thread)
    joining = asyncio.create_task(submit(second_environment, form, "blue"))
    await second_environment.until_sent()
    slow.may_continue.set()
    received, repeated = await answering, await joining
    assert repeated.headers["x-chatkit-turn"] == received.headers["x-chatkit-turn"]
    [replaced] = [e["item"] for e in events_of(repeated) if e["type"] == "thread.item.replaced"]
    assert (replaced["id"], replaced["status"]) == (form["id"], "answered")
    assert final_items(events_of(repeated))[1:] == STORY[1:]


async def test_a_client_that_joins_gets_the_address_of_an_image(
    first_environment: Environment, second_environment: Environment, slow: Slow
) -> None:
    image = ImageGenerationCall(
        id="ig",
        type="image_generation_call",
        status="completed",
        result=base64.b64encode(picture("a cat")).decode(),
    )
    call = function_call("list_tasks", {}, call_id="c1")
    first_environment.model.extend([whole_answer(image, call), slow.step])
    request = first_message("Draw a cat")
    pending = asyncio.create_task(first_environment.send("threads.create", **request))
    thread = await wait_for_thread(first_environment)
    await wait_for_text(first_environment, thread)
    repeat = asyncio.create_task(second_environment.send("threads.create", **request))
    await second_environment.until_sent()
    slow.may_continue.set()
    for answer in (await pending, await repeat):
        done = [each["item"] for each in events_of(answer) if each["type"] == "thread.item.done"]
        [address] = [each["image"]["url"] for each in done if each["type"] == "generated_image"]
        assert address.startswith("https://")
