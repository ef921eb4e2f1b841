"""Feedback, and locked and closed threads, both of which the SDK leaves to the server."""

from typing import Any

import pytest
from agents.testing import assistant_message
from chatkit.types import ClosedStatus, LockedStatus

from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_actions import shown_list
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.wire import thread_of, types, words


async def conversation(chat: Chat) -> tuple[str, list[dict[str, Any]]]:
    """Return a thread and the items it shows."""
    chat.model.extend([[assistant_message("Hello!")]])
    thread = thread_of(await chat.say("Hi"))
    return thread, await chat.shown(thread)


async def set_status(
    store: DynamoStore, context: RequestContext, thread_id: str, status: Any
) -> None:
    thread = await store.load_thread(thread_id, context)
    await store.save_thread(thread.model_copy(update={"status": status}), context)


@pytest.mark.parametrize("kind", ["positive", "negative"])
async def test_feedback_is_stored(
    chat: Chat, store: DynamoStore, context: RequestContext, kind: str
) -> None:
    thread, items = await conversation(chat)
    ids = [item["id"] for item in items]
    answer = await chat.send("items.feedback", thread_id=thread, item_ids=ids, kind=kind)
    assert (answer.status_code, answer.json()) == (200, {})
    stored = await store.load_feedback(thread, ids, context)
    assert {id: each.kind for id, each in stored.items()} == dict.fromkeys(ids, kind)


async def test_feedback_on_another_users_item_gets_404_and_is_not_stored(
    chat: Chat, store: DynamoStore, context: RequestContext
) -> None:
    thread, items = await conversation(chat)
    own = items[-1]["id"]
    rating: dict[str, Any] = {"thread_id": thread, "item_ids": [own], "kind": "negative"}
    assert (await chat.send("items.feedback", "bob", **rating)).status_code == 404
    unknown = rating | {"item_ids": [own, "msg_unknown"]}
    assert (await chat.send("items.feedback", **unknown)).status_code == 404
    assert (await chat.send("items.feedback", **rating | {"item_ids": []})).status_code == 400
    assert await store.load_feedback(thread, [own], context) == {}


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (LockedStatus(), "This conversation is locked. Please start a new one."),
        (ClosedStatus(), "This conversation is closed. Please start a new one."),
        (LockedStatus(reason="A person has taken over."), "A person has taken over."),
    ],
)
async def test_ended_thread_refuses_messages_with_its_reason(
    chat: Chat, store: DynamoStore, context: RequestContext, status: Any, sentence: str
) -> None:
    thread, items = await conversation(chat)
    await set_status(store, context, thread, status)
    [notice] = await chat.say("Continue", thread)
    assert (notice["type"], notice["message"]) == ("notice", sentence)
    retried = await chat.send("threads.retry_after_item", thread_id=thread, item_id=items[0]["id"])
    assert types(chat.events(retried)) == ["notice"]
    assert await chat.shown(thread) == items


async def test_ended_thread_can_be_read_renamed_rated_and_deleted(
    chat: Chat, store: DynamoStore, context: RequestContext
) -> None:
    thread, items = await conversation(chat)
    await set_status(store, context, thread, ClosedStatus(reason="Solved."))
    opened = (await chat.send("threads.get_by_id", thread_id=thread)).json()
    assert opened["status"] == {"type": "closed", "reason": "Solved."}
    feedback = {"item_ids": [items[-1]["id"]], "kind": "positive"}
    asked: list[tuple[str, dict[str, Any]]] = [
        ("threads.update", {"title": "Solved"}),
        ("items.feedback", feedback),
        ("threads.delete", {}),
    ]
    for operation, params in asked:
        assert (await chat.send(operation, thread_id=thread, **params)).status_code == 200


async def test_buttons_of_an_ended_thread_are_refused(
    chat: Chat, tool_function: ToolFunction, store: DynamoStore, context: RequestContext
) -> None:
    shown = await shown_list(chat, "milk")
    await set_status(store, context, shown.thread, LockedStatus())
    assert (await shown.press("Delete")).status_code == 409
    assert types(chat.events(await shown.press("Delete", streamed=True))) == ["notice"]
    assert tool_function.titles("alice") == ["milk"]


async def test_other_threads_still_accept_messages(
    chat: Chat, store: DynamoStore, context: RequestContext
) -> None:
    thread, _ = await conversation(chat)
    await set_status(store, context, thread, LockedStatus())
    chat.model.extend([[assistant_message("Hello!")]])
    response = await chat.send("threads.create", input=words("Hi"))
    assert types(chat.events(response))[-1] == "thread.item.done"
