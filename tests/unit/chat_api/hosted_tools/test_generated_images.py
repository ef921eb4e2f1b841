"""Images that the model draws: stored in the bucket, and shown by addresses of their own."""

import asyncio
import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chat_api.conversation import generated_images
from chat_api.store.dynamo import DynamoStore
from local_stack.model.hosted_items import picture
from tests.unit.chat_api.hosted_tools.conftest import Endpoint
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.store.conversation import objects, rows
from tests.unit.chat_api.wire import done, of_type, thread_of, types

BASE64 = base64.b64encode(picture("a cat")).decode()


def name_in(item: dict[str, Any]) -> str:
    """Return the name of the object that an image's address shows."""
    path: str = urlsplit(item["image"]["url"]).path
    return path.lstrip("/").removeprefix("files/")


def image_in(events: Any) -> dict[str, Any]:
    [item] = of_type(done(events), "generated_image")
    return item


async def test_an_image_is_stored_and_its_address_shows_it(chat: Chat, files_client: Any) -> None:
    events = await chat.say("Draw a cat")
    shown = image_in(events)
    stored = files_client.get_object(Bucket="files", Key=name_in(shown))
    assert stored["Body"].read() == picture("a cat")
    assert stored["ContentType"] == "image/png"
    asked = parse_qs(urlsplit(shown["image"]["url"]).query)
    assert asked["response-content-type"] == ["image/png"]
    assert (await chat.items(thread_of(events)))[-1] == ("assistant_message", "Here is a cat.")


async def test_no_event_no_row_and_no_later_request_holds_the_image(
    chat: Chat, endpoint: Endpoint
) -> None:
    events = await chat.say("Draw a cat")
    await chat.say("Thanks", thread_of(events))
    assert BASE64 not in json.dumps(events)
    assert BASE64 not in str(rows())
    assert BASE64 not in endpoint.last_body
    assert "It shows: A picture of a cat" in endpoint.last_body


async def test_a_row_holds_a_name_and_each_reading_signs_a_new_address(chat: Chat) -> None:
    thread = thread_of(await chat.say("Draw a cat"))
    [item] = of_type(await chat.shown(thread), "generated_image")
    [stored] = [row for row in rows() if "image" in row]
    assert stored["image"]["S"] == name_in(item)
    assert "Signature" not in str(stored)
    opened = (await chat.send("threads.get_by_id", thread_id=thread)).json()
    [same] = of_type(opened["items"]["data"], "generated_image")
    assert name_in(same) == name_in(item)
    assert "Signature" in same["image"]["url"]


async def test_names_show_no_user_and_another_user_gets_no_address(chat: Chat) -> None:
    events = await chat.say("Draw a cat")
    [name] = objects()
    assert "alice" not in name
    assert thread_of(events) not in name
    answer = await chat.send("items.list", "mallory", thread_id=thread_of(events))
    assert "images/" not in answer.text


async def test_deleting_the_thread_or_drawing_again_deletes_the_image(chat: Chat) -> None:
    events = await chat.say("Draw a cat")
    thread = thread_of(events)
    [first] = objects()
    message = of_type(done(events), "user_message")[0]["id"]
    await chat.send("threads.retry_after_item", thread_id=thread, item_id=message)
    [second] = objects()
    assert second != first
    await chat.send("threads.delete", thread_id=thread)
    assert objects() == []


async def test_an_image_whose_item_is_not_stored_is_deleted(
    chat: Chat, store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_image = store.put_image

    async def put(*arguments: Any) -> str:
        await put_image(*arguments)
        assert len(objects()) == 1
        raise RuntimeError("The turn ends here.")

    monkeypatch.setattr(store, "put_image", put)
    events = await chat.say("Draw a cat")
    assert types(events)[-1] == "error"
    assert objects() == []
    assert types(await chat.shown(thread_of(events))) == ["user_message"]


async def test_an_image_of_a_stopped_turn_is_deleted(
    chat: Chat, store: DynamoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_image, is_put = store.put_image, asyncio.Event()

    async def put(*arguments: Any) -> str:
        await put_image(*arguments)
        is_put.set()
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(store, "put_image", put)
    pending = asyncio.create_task(chat.say("Draw a cat"))
    await is_put.wait()
    assert len(objects()) == 1
    [turn] = chat.gate.row("alice").turns
    chat.gate.cancel_turn("alice", turn.id)
    events = await pending
    assert objects() == []
    assert "generated_image" not in types(await chat.shown(thread_of(events)))


@pytest.mark.parametrize("content", [b"<svg onload='alert(1)'/>", b"GIF89a", b""])
async def test_a_file_that_is_no_image_is_refused(
    chat: Chat, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_stack.model.hosted_items.picture", lambda _about: content or b"x")
    events = await chat.say("Draw a cat")
    [notice] = of_type(events, "notice")
    assert notice["message"] == generated_images.NOT_SHOWN
    assert objects() == []
    assert "generated_image" not in types(await chat.shown(thread_of(events)))
    assert types(events)[-1] == "thread.item.done"


async def test_a_big_image_is_refused(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generated_images, "MAX_IMAGE_BYTES", 100)
    events = await chat.say("Draw a cat")
    assert len(of_type(events, "notice")) == 1
    assert objects() == []


async def test_a_turn_without_an_image_sends_no_request_to_s3(
    chat: Chat, requests: list[str]
) -> None:
    thread = thread_of(await chat.say("Hello"))
    await chat.shown(thread)
    assert not {"PutObject", "DeleteObjects", "GetObject"} & {*requests}


class TestOverChatCompletions:
    @pytest.fixture
    def api(self) -> str:
        return "chat_completions"

    async def test_the_tool_is_not_offered(self, chat: Chat, endpoint: Endpoint) -> None:
        events = await chat.say("Draw a cat")
        assert types(done(events)) == ["user_message", "assistant_message", "end_of_turn"]
        assert "image_generation" not in endpoint.last_body
