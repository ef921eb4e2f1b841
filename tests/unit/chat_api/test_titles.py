"""The titles of threads: when they are set, and who writes them."""

import asyncio
from typing import Any

import openai
import pytest
from agents import Usage
from agents.models.default_models import get_default_model_settings
from agents.testing import ModelStep, ScriptedModel, assistant_message

from chat_api.api.routes import create_chat_app
from chat_api.conversation.server import ConversationServer
from chat_api.conversation.thread_titles import LONGEST, SECONDS, ThreadTitles, cleaned
from chat_api.model.provider import create_run_config
from chat_api.model.token_usage import Tokens
from chat_api.request_context import RequestContext
from chat_api.store.dynamo import DynamoStore
from chatcore.gate.gate import Gate
from tests.conftest import HeldKeys
from tests.loop_clock import LoopClock
from tests.unit.chat_api.conftest import Namer, Scripted
from tests.unit.chat_api.over_http import Chat, with_body_listener
from tests.unit.chat_api.wire import REQUEST, of_type, thread_of, types

LONG = "Please remind me of the appointment with the tax office on the twelfth of December"


async def title_of(chat: Chat, thread: str) -> str | None:
    opened = (await chat.send("threads.get_by_id", thread_id=thread)).json()
    title: str | None = opened.get("title")
    return title


def titles(model: ScriptedModel) -> ThreadTitles:
    return ThreadTitles(create_run_config(Scripted(model)), model=None)


async def test_first_message_sets_the_title_during_its_answer(chat: Chat, namer: Namer) -> None:
    namer.title = "Groceries"
    chat.model.extend([[assistant_message("Hello!")]])
    events = await chat.say("Buy milk")
    [updated] = of_type(events, "thread.updated")
    assert (updated["thread"]["title"], updated["thread"]["items"]["data"]) == ("Groceries", [])
    assert namer.asked == ["Buy milk"]
    thread = thread_of(events)
    assert await title_of(chat, thread) == "Groceries"
    assert (await chat.send("threads.list")).json()["data"][0]["title"] == "Groceries"


async def test_title_is_requested_once(chat: Chat, namer: Namer) -> None:
    namer.title = "Groceries"
    chat.model.extend([[assistant_message("one")], [assistant_message("two")]])
    thread = thread_of(await chat.say("first"))
    assert "thread.updated" not in types(await chat.say("second", thread))
    assert namer.asked == ["first"]


async def test_title_that_arrives_after_the_answer_is_the_last_event(
    server: ConversationServer, gate: Gate, keys: HeldKeys, provider: Scripted, namer: Namer
) -> None:
    def on_body(body: bytes) -> None:
        if b"thread.item.done" in body and b"Hello!" in body:
            namer.may_answer.set()

    app = with_body_listener(create_chat_app(server, gate, keys, allowed_origins=()), on_body)
    chat = Chat(app, gate, keys, provider.model)
    namer.title = "Groceries"
    namer.may_answer.clear()
    chat.model.extend([[assistant_message("Hello!")]])
    assert types(await chat.say("Hi"))[-2:] == ["thread.item.done", "thread.updated"]


async def test_title_set_by_the_user_meanwhile_is_kept(chat: Chat, namer: Namer) -> None:
    namer.title = "Groceries"
    namer.may_answer.clear()

    async def answer(_call: object) -> list[Any]:
        thread = (await chat.send("threads.list")).json()["data"][0]["id"]
        await chat.send("threads.update", thread_id=thread, title="Mine")
        namer.may_answer.set()
        return [assistant_message("Hello!")]

    chat.model.extend([ModelStep(responder=answer)])
    thread = thread_of(await chat.say("Hi"))
    assert await title_of(chat, thread) == "Mine"


async def test_title_set_by_the_user_just_before_the_write_is_kept(
    chat: Chat,
    store: DynamoStore,
    context: RequestContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chat.model.extend([[assistant_message("Hello!")]])
    thread = thread_of(await chat.say("Hi"))
    table = store._table
    put_over = table.put_over

    async def renamed_just_before(row: Any, old: Any) -> None:
        monkeypatch.undo()
        await chat.send("threads.update", thread_id=thread, title="Mine")
        await put_over(row, old)

    monkeypatch.setattr(table, "put_over", renamed_just_before)
    assert (await store.name_thread(thread, "Late", context)).title == "Mine"
    assert await title_of(chat, thread) == "Mine"


async def test_title_does_not_restore_a_deleted_thread(chat: Chat, namer: Namer) -> None:
    namer.title = "Groceries"
    namer.may_answer.clear()

    async def answer(_call: object) -> list[Any]:
        thread = (await chat.send("threads.list")).json()["data"][0]["id"]
        await chat.send("threads.delete", thread_id=thread)
        namer.may_answer.set()
        return []

    chat.model.extend([ModelStep(responder=answer)])
    thread = thread_of(await chat.say("Hi"))
    assert (await chat.send("threads.get_by_id", thread_id=thread)).status_code == 404


async def test_thread_gets_a_title_even_if_the_answer_fails(chat: Chat, namer: Namer) -> None:
    namer.title = "Groceries"
    chat.model.extend([openai.APIConnectionError(request=REQUEST)])
    events = await chat.say("Hi")
    assert types(events)[-1] == "error"
    assert await title_of(chat, thread_of(events)) == "Groceries"


async def test_model_is_asked_for_a_title_of_the_message() -> None:
    used = Usage(requests=1, input_tokens=30, output_tokens=4, total_tokens=34)
    step = ModelStep([assistant_message(' "Einkauf für\nSamstag" ')], usage=used)
    model = ScriptedModel([step])
    tokens = Tokens()
    assert await titles(model).title_for("Milch kaufen", tokens) == "Einkauf für Samstag"
    [call] = model.calls
    assert "title of at most 60 characters" in str(call.system_instructions)
    assert "language of the message" in str(call.system_instructions)
    assert tokens.used == 34
    assert call.model_settings.store is False
    # The effort is the Agents SDK's default for the model, and not the endpoint's.
    assert call.model_settings.reasoning == get_default_model_settings().reasoning is not None
    assert call.tools == []


@pytest.mark.parametrize("failure", [openai.APIConnectionError(request=REQUEST), RuntimeError()])
async def test_first_words_are_the_title_if_the_model_fails(failure: Exception) -> None:
    title = await titles(ScriptedModel([failure])).title_for(LONG, Tokens())
    assert title == "Please remind me of the appointment with the tax office on…"


async def test_slow_title_model_is_not_awaited(loop_clock: LoopClock) -> None:
    async def answer(_call: object) -> list[Any]:
        loop_clock.skip(SECONDS)
        await asyncio.Event().wait()
        return []

    slow = ScriptedModel([ModelStep(responder=answer)])
    assert await titles(slow).title_for("Buy milk", Tokens()) == "Buy milk"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("“Groceries”", "Groceries"),
        ("'\"Groceries\"'\n", "Groceries"),
        ("«\u00a0Courses\u00a0»", "Courses"),
        ("「買い物」", "買い物"),
        ("Mom's list", "Mom's list"),
        ("Learn C#", "Learn C#"),
        ("a\x00b\x1b[31m\u202ec", "a b [31m c"),
        ("👩\u200d👧 day", "👩\u200d👧 day"),
        ("", ""),
        ('""', ""),
        ("x" * 61, "x" * 59 + "…"),
        ("x" * 60, "x" * 60),
        (LONG, "Please remind me of the appointment with the tax office on…"),
    ],
)
def test_title_is_one_short_line_without_controls_or_quotes(text: str, title: str) -> None:
    assert cleaned(text) == title
    assert len(title) <= LONGEST
