"""Questions that the agent asks in a form: answered, skipped or passed over."""

import json
from dataclasses import replace
from typing import Any

import pytest
from agents.testing import assistant_message, function_call
from chatkit.server import ChatKitServer
from chatkit.types import StructuredInputItem, StructuredInputSubmission
from pydantic import TypeAdapter

from chat_api.conversation.assistant import Assistant
from chat_api.conversation.questions import with_answers
from chat_api.conversation.server import ConversationServer
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.wire import done, of_type, results, types

TRIP = {
    "questions": [
        {"question": "Where to?", "options": ["Rome", "Oslo"]},
        {"question": "Who comes along?", "options": ["Ann", "Ben"], "multiple": True},
        {"question": "Anything else?", "description": "Food, hotel, budget"},
    ]
}
ASKS = function_call("ask_user", TRIP, call_id="c1")


@pytest.fixture
def assistant(assistant: Assistant) -> Assistant:
    return replace(assistant, asks_questions=True)


async def asked(chat: Chat) -> dict[str, Any]:
    """Return the form of a turn that waits."""
    chat.model.extend([[assistant_message("Two things first."), ASKS]])
    events = await chat.say("Plan a trip")
    [form] = of_type(done(events), "structured_input")
    assert events[-1]["item"] == form
    return dict(form)


async def submit(chat: Chat, form: dict[str, Any], user: str = "alice", **submission: Any) -> Any:
    return await chat.send(
        "threads.add_structured_input",
        user,
        thread_id=form["thread_id"],
        item_id=form["id"],
        input=submission,
    )


def heard(chat: Chat) -> Any:
    """Return what the model has read as the answers."""
    [result] = results(chat)
    return [each["answer"] for each in json.loads(result)]


async def test_form_holds_the_questions_of_the_agent(chat: Chat) -> None:
    form = await asked(chat)
    assert form["status"] == "pending"
    assert [each["type"] for each in form["inputs"]] == [
        "multiple_choice",
        "multiple_choice",
        "freeform",
    ]
    assert form["inputs"][0]["options"] == [{"value": "Rome"}, {"value": "Oslo"}]
    assert form["inputs"][2]["description"] == "Food, hotel, budget"
    shown = await chat.shown(form["thread_id"])
    assert types(shown) == ["user_message", "assistant_message", "structured_input"]


async def test_answers_are_stored_and_the_run_continues(chat: Chat) -> None:
    form = await asked(chat)
    chat.model.extend([[assistant_message("Oslo it is.")]])
    answers = {
        "q1": {"values": ["Oslo", "Rome"]},
        "q2": {"values": ["Ann", "my aunt"]},
        "q3": {"skipped": True},
        "q9": {"values": ["unknown"]},
    }
    events = chat.events(await submit(chat, form, answers=answers))
    assert types(done(events)) == ["assistant_message", "end_of_turn"]
    [replaced] = [e["item"] for e in events if e["type"] == "thread.item.replaced"]
    assert replaced["status"] == "answered"
    assert heard(chat) == ["Oslo", ["Ann", "my aunt"], "(The user skipped this question.)"]
    [stored] = of_type(await chat.shown(form["thread_id"]), "structured_input")
    assert stored == replaced
    assert stored["inputs"][0]["answer"]["values"] == ["Oslo"]


async def test_skipped_form_is_stored_and_the_run_continues(chat: Chat) -> None:
    form = await asked(chat)
    chat.model.extend([[assistant_message("As you like.")]])
    events = chat.events(await submit(chat, form, status="skipped"))
    assert types(done(events)) == ["assistant_message", "end_of_turn"]
    assert set(heard(chat)) == {"(The user skipped this question.)"}
    [stored] = of_type(await chat.shown(form["thread_id"]), "structured_input")
    assert stored["status"] == "skipped"


@pytest.mark.parametrize(
    "submission",
    [
        {},
        {"status": "skipped", "answers": {"q1": {"values": ["Rome"]}}},
        {"answers": {"q1": {"values": []}, "q2": {"values": ["Ann", "Ben"]}, "q3": {}}},
        {"answers": {"q1": {"values": ["a", "b"]}, "q3": {"values": ["x", "y"]}}},
        {"answers": {"q1": {"values": ["a"], "skipped": True}, "other": {"values": ["x"]}}},
    ],
)
async def test_answers_are_read_as_the_sdk_reads_them(
    chat: Chat, server: ConversationServer, submission: dict[str, Any]
) -> None:
    form = TypeAdapter(StructuredInputItem).validate_python(await asked(chat))
    given = StructuredInputSubmission.model_validate(submission)
    expected = await ChatKitServer._apply_structured_input_submission(server, form, given)
    assert with_answers(form, given) == expected


@pytest.mark.parametrize(
    "questions",
    [[], [{"question": "?"}] * 6, [{"question": ""}], [{"question": "?", "options": [""]}]],
)
async def test_questions_beyond_the_limits_are_refused_to_the_model(
    chat: Chat, questions: list[Any]
) -> None:
    call = function_call("ask_user", {"questions": questions}, call_id="c1")
    chat.model.extend([[call], [assistant_message("Never mind.")]])
    events = await chat.say("Plan a trip")
    assert of_type(done(events), "structured_input") == []
    [result] = results(chat)
    assert "do not fit the tool ask_user" in result


async def test_agent_asks_only_if_the_assistant_says_so(
    chat: Chat, server: ConversationServer, assistant: Assistant
) -> None:
    server._assistant = replace(assistant, asks_questions=False)
    chat.model.extend([[assistant_message("Hello!")]])
    await chat.say("Hi")
    assert "ask_user" not in {tool.name for tool in chat.last_call.tools}
