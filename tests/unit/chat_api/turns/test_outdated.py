"""Replies to a turn whose state another version has stored, or whose state is corrupt."""

from collections.abc import Callable
from typing import Any

import pytest
from agents.testing import assistant_message, function_call
from chatkit.types import (
    StructuredInputAnswerSubmission,
    StructuredInputItem,
    StructuredInputSubmission,
)

from chat_api.conversation.approvals import APPROVE
from chat_api.conversation.questions import with_answers
from chat_api.store.dynamo import DynamoStore
from tests.unit.chat_api.store.conversation import put_row, request_of
from tests.unit.chat_api.tool_function import ToolFunction
from tests.unit.chat_api.turns.conftest import Environment
from tests.unit.chat_api.waiting_turns import ASK, approve, asked, submit, waiting_row
from tests.unit.chat_api.wire import of_type

ADD = function_call("add_task", {"title": "milk"}, call_id="c2")


@pytest.mark.parametrize("change", [{"waiting": {"N": "2"}}, {"body": {"S": "{"}}])
async def test_state_that_cannot_be_read_is_explained_and_the_thread_continues(
    first_environment: Environment, second_environment: Environment, change: dict[str, Any]
) -> None:
    thread, item = await asked(first_environment, ASK)
    put_row(waiting_row() | change)
    events = second_environment.events(await submit(second_environment, item, "the blue one"))
    assert events[-2]["item"]["status"] == "answered"
    assert "has changed since it asked this" in events[-1]["message"]
    second_environment.model.extend([[assistant_message("Fine.")]])
    await second_environment.say("Well?", thread)
    assert "the blue one" in str(second_environment.last_call.input)
    assert (await submit(second_environment, item, "the blue one")).status_code == 409


async def test_approval_whose_state_cannot_be_read_is_said_to_have_done_nothing(
    new_environment: Callable[..., Environment], tool_function: ToolFunction
) -> None:
    chat = new_environment(approvals={"add_task": "always"})
    thread, form = await asked(chat, ADD)
    put_row(waiting_row() | {"waiting": {"N": "2"}})
    events = chat.events(await approve(chat, form))
    assert "nothing more was done" in events[-1]["message"]
    assert tool_function.titles("alice") == []
    chat.model.extend([[assistant_message("Shall I add it now?")]])
    await chat.say("Well?", thread)
    given = str(chat.last_call.input)
    assert given.index(APPROVE) < given.index("Nothing that the user approved there was done.")


async def test_approval_that_a_dead_process_took_is_not_said_to_have_done_nothing(
    new_environment: Callable[..., Environment], store: DynamoStore
) -> None:
    chat = new_environment(approvals={"add_task": "always"})
    thread, form = await asked(chat, ADD)
    item = StructuredInputItem.model_validate(form)
    answers = {item.inputs[0].id: StructuredInputAnswerSubmission(values=[APPROVE])}
    taken = with_answers(item, StructuredInputSubmission(answers=answers))
    await store.save_item(thread, taken, request_of("alice"))
    put_row(waiting_row() | {"waiting": {"N": "2"}})
    chat.events(await approve(chat, form))
    chat.model.extend([[assistant_message("Fine.")]])
    await chat.say("Well?", thread)
    given = str(chat.last_call.input)
    assert "it is not known whether it was done. Say so." in given
    assert "Nothing that the user approved" not in given


async def test_state_that_cannot_be_read_does_not_hinder_the_next_message(
    first_environment: Environment, second_environment: Environment
) -> None:
    thread, item = await asked(first_environment, ASK)
    put_row(waiting_row() | {"waiting": {"N": "2"}})
    second_environment.model.extend([[assistant_message("Fine.")], [assistant_message("Yes.")]])
    await second_environment.say("Well?", thread)
    assert "Add milk, tonight" in str(second_environment.last_call.input)
    [form] = of_type(await second_environment.shown(thread), "structured_input")
    assert form["status"] == "skipped"
    assert (await submit(second_environment, item, "blue")).status_code == 409
