"""What else happens to a turn that waits: another message, two answers, a retry, a deletion."""

import asyncio
from typing import Any

import boto3
import pytest
from agents.testing import assistant_message
from chatkit.types import LockedStatus

from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chat_api.store.items import ItemChanged
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_actions import shown_list
from tests.unit.chat_api.waiting_turns import ASK, TIME, asked, give, submit
from tests.unit.chat_api.wire import done, of_type, results, thread_of, types

NO_ANSWER = "The user did not answer this, and wrote another message instead."


async def answer(chat: Chat, item: dict[str, Any], text: str, user: str = "alice") -> Any:
    """Answer a pending item of either kind."""
    if item["type"] == "structured_input":
        return await submit(chat, item, text, user=user)
    return await give(chat, item["thread_id"], text, user=user)


async def test_message_instead_of_an_answer_skips_the_question_and_is_answered(chat: Chat) -> None:
    thread, form = await asked(chat, ASK)
    chat.model.extend([[assistant_message("Never mind.")]])
    events = await chat.say("Forget it", thread)
    [replaced] = [event["item"] for event in events if event["type"] == "thread.item.replaced"]
    assert (replaced["id"], replaced["status"]) == (form["id"], "skipped")
    assert types(done(events)) == ["user_message", "assistant_message", "end_of_turn"]
    assert results(chat) == [NO_ANSWER]
    assert of_type(await chat.shown(thread), "structured_input") == [replaced]


async def test_message_instead_of_a_client_tools_result_removes_the_call(chat: Chat) -> None:
    thread, call = await asked(chat, TIME)
    chat.model.extend([[assistant_message("Never mind.")], [assistant_message("Yes.")]])
    events = await chat.say("Forget it", thread)
    [removed] = [e["item_id"] for e in events if e["type"] == "thread.item.removed"]
    assert removed == call["id"]
    assert of_type(await chat.shown(thread), "client_tool_call") == []
    await chat.say("Sure?", thread)
    assert results(chat) == [NO_ANSWER]


@pytest.mark.parametrize("call", [ASK, TIME])
async def test_answer_to_a_question_that_was_passed_over_changes_nothing(
    chat: Chat, call: Any
) -> None:
    thread, item = await asked(chat, call)
    chat.model.extend([[assistant_message("Never mind.")]])
    await chat.say("Forget it", thread)
    before = await chat.shown(thread)
    refused = await answer(chat, item, "milk")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert await chat.shown(thread) == before
    assert chat.gate.row("alice").turns == []


@pytest.mark.parametrize("call", [ASK, TIME])
async def test_answer_to_a_finished_question_changes_nothing(chat: Chat, call: Any) -> None:
    thread, item = await asked(chat, call)
    chat.model.extend([[assistant_message("Done.")]])
    chat.events(await answer(chat, item, "milk"))
    before = await chat.shown(thread)
    for text in ("milk", "bread"):
        assert (await answer(chat, item, text)).status_code == 409
    assert await chat.shown(thread) == before


@pytest.mark.parametrize("call", [ASK, TIME])
async def test_answer_of_another_user_or_in_an_unknown_thread_gets_404(
    chat: Chat, call: Any
) -> None:
    thread, item = await asked(chat, call)
    before = await chat.shown(thread)
    assert (await answer(chat, item, "milk", "bob")).status_code == 404
    assert (await answer(chat, item | {"thread_id": "thr_unknown"}, "milk")).status_code == 404
    assert await chat.shown(thread) == before


async def test_answer_to_what_is_no_question_is_refused(chat: Chat) -> None:
    thread, form = await asked(chat, ASK)
    [message] = of_type(await chat.shown(thread), "user_message")
    assert (await submit(chat, message, "milk")).status_code == 400
    assert (await submit(chat, form | {"id": "msg_unknown"}, "milk")).status_code == 404
    # A form waits, and no tool.
    assert (await give(chat, thread, "milk")).status_code == 409


async def test_result_in_a_thread_where_nothing_waits_is_refused_with_a_sentence(
    chat: Chat,
) -> None:
    chat.model.extend([[assistant_message("Hello!")]])
    thread = thread_of(await chat.say("Hi"))
    refused = await give(chat, thread, {})
    assert refused.status_code == 409
    assert refused.json()["message"] == "Nothing in this thread waits for a tool of the page."


@pytest.mark.parametrize("call", [ASK, TIME])
async def test_of_two_answers_at_once_one_wins(chat: Chat, call: Any) -> None:
    thread, item = await asked(chat, call)
    chat.model.extend([[assistant_message("Fine.")]])
    both = await asyncio.gather(answer(chat, item, "milk"), answer(chat, item, "bread"))
    assert sorted(each.status_code for each in both) == [200, 409]
    winner = ("milk", "bread")[both[0].status_code == 409]
    assert winner in results(chat)[0]
    assert types(await chat.shown(thread))[-1] == "end_of_turn"
    stored = (await chat.shown(thread))[1]
    assert winner in str(stored)


async def test_answers_beyond_the_limits_are_refused_and_the_question_stays_open(
    chat: Chat,
) -> None:
    thread, form = await asked(chat, ASK)
    assert (await submit(chat, form, *["x"] * 101)).status_code == 400
    assert (await submit(chat, form, "x" * 200_001)).status_code == 413
    [stored] = of_type(await chat.shown(thread), "structured_input")
    assert stored["status"] == "pending"


@pytest.mark.parametrize("call", [ASK, TIME])
async def test_message_answered_again_asks_anew(chat: Chat, call: Any) -> None:
    thread, item = await asked(chat, call)
    [message] = of_type(await chat.shown(thread), "user_message")
    chat.model.extend([[call]])
    retried = await chat.send("threads.retry_after_item", thread_id=thread, item_id=message["id"])
    new = chat.events(retried)[-1]["item"]
    assert new["id"] != item["id"]
    assert types(await chat.shown(thread)) == ["user_message", item["type"]]
    chat.model.extend([[assistant_message("Done.")]])
    assert (await answer(chat, new, "milk")).status_code == 200
    assert types(await chat.shown(thread))[-1] == "end_of_turn"


async def test_message_answered_again_without_a_question_no_longer_waits(chat: Chat) -> None:
    thread, form = await asked(chat, ASK)
    [message] = of_type(await chat.shown(thread), "user_message")
    chat.model.extend([[assistant_message("Done.")]])
    await chat.send("threads.retry_after_item", thread_id=thread, item_id=message["id"])
    assert (await submit(chat, form, "milk")).status_code == 404
    assert (await give(chat, thread, "milk")).status_code == 409


async def test_thread_can_be_renamed_while_it_waits(chat: Chat) -> None:
    thread, form = await asked(chat, ASK)
    await chat.send("threads.update", thread_id=thread, title="Groceries")
    chat.model.extend([[assistant_message("Done.")]])
    assert (await submit(chat, form, "milk")).status_code == 200
    opened = (await chat.send("threads.get_by_id", thread_id=thread)).json()
    assert opened["title"] == "Groceries"


@pytest.mark.parametrize("call", [ASK, TIME])
async def test_deleted_thread_leaves_nothing_of_its_question(chat: Chat, call: Any) -> None:
    thread, item = await asked(chat, call)
    assert (await chat.send("threads.delete", thread_id=thread)).status_code == 200
    assert (await answer(chat, item, "milk")).status_code == 404
    rows = boto3.client("dynamodb").scan(TableName="threads")["Items"]
    assert [row for row in rows if "#thread#" in row["pk"]["S"]] == []


async def test_locked_thread_keeps_its_question(
    chat: Chat, store: DynamoStore, context: RequestContext
) -> None:
    thread, form = await asked(chat, ASK)
    stored = await store.load_thread(thread, context)
    await store.save_thread(stored.model_copy(update={"status": LockedStatus()}), context)
    assert types(chat.events(await submit(chat, form, "milk"))) == ["notice"]
    [kept] = of_type(await chat.shown(thread), "structured_input")
    assert kept == form


async def test_button_pressed_meanwhile_leaves_the_question_open(chat: Chat) -> None:
    shown = await shown_list(chat, "milk")
    chat.model.extend([[ASK]])
    form = (await chat.say("Which one?", shown.thread))[-1]["item"]
    assert (await shown.press("Delete")).status_code == 200
    chat.model.extend([[assistant_message("Done.")], [assistant_message("Yes.")]])
    assert (await submit(chat, form, "milk")).status_code == 200
    await chat.say("Is it gone?", shown.thread)
    assert "HiddenContext" in str(chat.last_call.input)


async def test_late_save_never_undoes_an_answer(
    chat: Chat, store: DynamoStore, context: RequestContext
) -> None:
    thread, form = await asked(chat, ASK)
    pending = await store.load_item(thread, form["id"], context)
    chat.model.extend([[assistant_message("Done.")]])
    await submit(chat, form, "milk")
    with pytest.raises(ItemChanged):
        await store.save_item(thread, pending, context)
    with pytest.raises(ValueError, match="exists already"):
        await store.add_thread_item(thread, pending, context)
    [stored] = of_type(await chat.shown(thread), "structured_input")
    assert stored["status"] == "answered"
