"""The first model of the setting answers, or the one that a message asks for."""

from typing import Any

import pytest
from agents.testing import assistant_message

from chat_api.settings import ChatSettings
from tests.chat_api.conftest import Scripted
from tests.chat_api.wire import thread_of, words

NEEDED = {
    "allowed_origins": "https://app.example",
    "identity_issuer": "https://login.example",
    "identity_audience": "chat",
    "identity_secret_arn": "arn:identity",
    "session_secret_arn": "arn:session",
    "tool_secret_arn": "arn:tool",
    "openai_secret_arn": "arn:openai",
    "sessions_table": "sessions",
    "threads_table": "threads",
    "files_bucket": "files",
    "mcp_function": "mcp",
}


@pytest.fixture
def models() -> tuple[str, ...]:
    return ("small", "large")


def asking(model: str) -> dict[str, Any]:
    return {"input": words("Hi", inference_options={"model": model})}


async def test_the_first_model_answers_a_message_that_asks_for_none(
    chat: Any, provider: Scripted
) -> None:
    chat.model.extend([[assistant_message("Hello!")]])
    await chat.say("Hi")
    assert set(provider.asked_for) == {"small"}


async def test_a_message_is_answered_by_the_model_that_it_asks_for(
    chat: Any, provider: Scripted
) -> None:
    chat.model.extend([[assistant_message("Hello!")], [assistant_message("Again.")]])
    events = chat.events(await chat.send("threads.create", **asking("large")))
    assert set(provider.asked_for) == {"large"}
    provider.asked_for.clear()
    said = {"thread_id": thread_of(events), "item_id": events[1]["item"]["id"]}
    await chat.send("threads.retry_after_item", **said)
    assert set(provider.asked_for) == {"large"}


async def test_a_model_that_is_not_offered_is_refused_and_leaves_no_thread(chat: Any) -> None:
    refused = await chat.send("threads.create", **asking("dearest"))
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request")
    assert (await chat.send("threads.list")).json()["data"] == []


async def test_a_message_whose_model_was_taken_off_is_answered_again_by_the_first(
    chat: Any, provider: Scripted, server: Any
) -> None:
    chat.model.extend([[assistant_message("Hello!")], [assistant_message("Again.")]])
    events = chat.events(await chat.send("threads.create", **asking("large")))
    provider.asked_for.clear()
    server.models = ("small",)
    said = {"thread_id": thread_of(events), "item_id": events[1]["item"]["id"]}
    assert (await chat.send("threads.retry_after_item", **said)).status_code == 200
    assert set(provider.asked_for) == {"small"}


@pytest.mark.parametrize(
    ("value", "models"), [("", ()), ("small", ("small",)), ("small, large", ("small", "large"))]
)
def test_the_setting_names_the_models(value: str, models: tuple[str, ...]) -> None:
    environment = {name.upper(): each for name, each in NEEDED.items()} | {"MODEL": value}
    assert ChatSettings.from_environ(environment).model == models
