"""The first configured model answers, or the one that a message requests."""

from typing import Any

import pytest
from agents.testing import assistant_message

from chat_api.conversation.server import ConversationServer
from chat_api.model.model_config import shorthand
from chat_api.settings import ChatSettings
from tests.unit.chat_api.conftest import Scripted
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.wire import thread_of, words

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


def request_for(model: str) -> dict[str, Any]:
    return {"input": words("Hi", inference_options={"model": model})}


async def test_message_without_a_model_is_answered_by_the_first_one(
    chat: Chat, provider: Scripted
) -> None:
    chat.model.extend([[assistant_message("Hello!")]])
    await chat.say("Hi")
    assert set(provider.requested) == {"small"}


async def test_message_is_answered_by_its_requested_model(chat: Chat, provider: Scripted) -> None:
    chat.model.extend([[assistant_message("Hello!")], [assistant_message("Again.")]])
    events = chat.events(await chat.send("threads.create", **request_for("large")))
    assert set(provider.requested) == {"large"}
    provider.requested.clear()
    target = {"thread_id": thread_of(events), "item_id": events[1]["item"]["id"]}
    await chat.send("threads.retry_after_item", **target)
    assert set(provider.requested) == {"large"}


async def test_unknown_model_is_refused_and_creates_no_thread(chat: Chat) -> None:
    refused = await chat.send("threads.create", **request_for("unknown"))
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request")
    assert (await chat.send("threads.list")).json()["data"] == []


async def test_retry_with_a_removed_model_is_answered_by_the_first_one(
    chat: Chat, provider: Scripted, server: ConversationServer
) -> None:
    chat.model.extend([[assistant_message("Hello!")], [assistant_message("Again.")]])
    events = chat.events(await chat.send("threads.create", **request_for("large")))
    provider.requested.clear()
    server.models = shorthand(("small",))
    target = {"thread_id": thread_of(events), "item_id": events[1]["item"]["id"]}
    assert (await chat.send("threads.retry_after_item", **target)).status_code == 200
    assert set(provider.requested) == {"small"}


@pytest.mark.parametrize(
    ("value", "models"), [("", ()), ("small", ("small",)), ("small, large", ("small", "large"))]
)
def test_setting_lists_the_models(value: str, models: tuple[str, ...]) -> None:
    environment = {name.upper(): each for name, each in NEEDED.items()} | {"MODEL": value}
    assert ChatSettings.from_environ(environment).model == models
