"""A turn that draws and continues: with more steps, or after waiting for the page."""

import base64
from typing import Any

import pytest
from agents.testing import assistant_message, function_call
from openai.types.responses.response_output_item import ImageGenerationCall

from local_stack.model.hosted_items import picture
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.store.conversation import objects, rows
from tests.unit.chat_api.waiting_turns import TIME, give
from tests.unit.chat_api.whole_answers import whole_answer
from tests.unit.chat_api.wire import of_type, thread_of, types

BASE64 = base64.b64encode(picture("a cat")).decode()
ADD = function_call("add_task", {"title": "buy milk"}, call_id="c1")


def drawn(**members: Any) -> ImageGenerationCall:
    known = {"id": "ig", "type": "image_generation_call", "status": "completed"}
    return ImageGenerationCall.model_validate(
        known | {"result": BASE64, "revised_prompt": "A cat"} | members
    )


@pytest.mark.parametrize("items", [(drawn(), ADD), (ADD, drawn())])
async def test_the_next_step_gets_a_note_and_the_result_of_the_call(
    chat: Chat, items: tuple[Any, ...]
) -> None:
    chat.model.extend([whole_answer(*items), [assistant_message("Done.")]])
    events = await chat.say("Draw a cat and add a task")
    assert types(events)[-1] == "thread.item.done"
    given = str(chat.last_call.input)
    assert BASE64 not in given
    assert "It shows: A cat" in given
    assert "function_call_output" in given
    assert len(objects()) == 1


async def test_a_turn_that_waits_keeps_its_image_without_base64(chat: Chat) -> None:
    chat.model.extend([whole_answer(drawn(), TIME)])
    thread = thread_of(await chat.say("Draw a clock"))
    assert BASE64 not in str(rows())
    assert len(objects()) == 1
    chat.model.extend([[assistant_message("It is noon.")]])
    chat.events(await give(chat, thread, {"time": "12:00"}))
    assert "It shows: A cat" in str(chat.last_call.input)
    assert len(of_type(await chat.shown(thread), "generated_image")) == 1


@pytest.mark.parametrize("result", [None, "", "no base64!", 7, {"b": 1}])
async def test_an_answer_whose_image_cannot_be_read_is_whole_without_it(
    chat: Chat, result: Any
) -> None:
    odd = drawn().model_copy(update={"result": result})
    chat.model.extend([whole_answer(odd, assistant_message("Sorry."))])
    events = await chat.say("Draw a cat")
    kinds = types(await chat.shown(thread_of(events)))
    assert kinds == ["user_message", "assistant_message", "end_of_turn"]
    assert objects() == []
