"""The page learns what it may offer; a message may choose the tool that its answer begins with."""

from dataclasses import replace

import pytest
from agents.testing import assistant_message, function_call

from chat_api.conversation.assistant import Assistant
from chat_api.conversation.choices import ComposerTool
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.wire import thread_of, words

CHOSEN = {"inference_options": {"tool_choice": {"id": "list"}}}


@pytest.fixture
def models() -> tuple[str, ...]:
    return ("small", "large")


@pytest.fixture
def assistant(assistant: Assistant) -> Assistant:
    tool = ComposerTool("list", "My list", tool="list_tasks", is_pinned=True)
    return replace(assistant, composer_tools=[tool])


async def test_the_offers_are_those_of_assistant_and_settings(chat: Chat) -> None:
    answer = await chat.ask("GET", "/chatkit/offers")
    assert answer.headers["cache-control"] == "no-store"
    offers = answer.json()
    assert offers["models"] == [
        {"id": "small", "label": "small", "default": True},
        {"id": "large", "label": "large"},
    ]
    assert offers["tools"] == [
        {"id": "list", "label": "My list", "icon": "bolt", "pinned": True, "persistent": False}
    ]
    assert offers["entities"] is True


class TestOneModel:
    @pytest.fixture
    def models(self) -> tuple[str, ...]:
        return ("small",)

    async def test_a_single_model_is_no_choice(self, chat: Chat) -> None:
        assert (await chat.ask("GET", "/chatkit/offers")).json()["models"] == []


async def test_offers_are_for_signed_in_users(chat: Chat) -> None:
    for method, path in [
        ("GET", "/chatkit/offers"),
        ("POST", "/chatkit/entities"),
        ("POST", "/chatkit/entities/preview"),
    ]:
        answer = await chat.ask(method, path, authorization="Bearer rubbish")
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_the_first_step_calls_the_chosen_tool_and_the_next_one_is_free(chat: Chat) -> None:
    chat.model.extend(
        [[function_call("list_tasks", {}, call_id="c1")], [assistant_message("Nothing yet.")]]
    )
    events = chat.events(await chat.send("threads.create", input=words("Hi", **CHOSEN)))
    first, second = (call.model_settings.tool_choice for call in chat.model.calls)
    assert (first, second) == ("list_tasks", None)
    chat.model.extend([[assistant_message("Hello!")]])
    await chat.say("Hi", thread_of(events))
    assert chat.last_call.model_settings.tool_choice is None


async def test_an_unknown_tool_is_refused(chat: Chat) -> None:
    message = words("Hi", inference_options={"tool_choice": {"id": "list_tasks"}})
    refused = await chat.send("threads.create", input=message)
    assert refused.status_code == 400
    assert refused.json()["message"] == "This assistant has no such tool to choose."


async def test_quoted_text_reaches_the_model_now_and_later(chat: Chat) -> None:
    chat.model.extend([[assistant_message("It means this.")], [assistant_message("Again.")]])
    message = words("What does this mean?", quoted_text="a lease")
    events = chat.events(await chat.send("threads.create", input=message))
    assert events[1]["item"]["quoted_text"] == "a lease"
    assert "a lease" in str(chat.last_call.input)
    await chat.say("And?", thread_of(events))
    assert "a lease" in str(chat.last_call.input)
