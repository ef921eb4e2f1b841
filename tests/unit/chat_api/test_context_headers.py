"""The request headers that the assistant can read."""

import json
from collections.abc import Mapping, MutableMapping
from typing import Any

import pytest
from agents import RunContextWrapper, function_tool
from agents.testing import assistant_message, function_call
from starlette.datastructures import Headers

from chat_api.api.context_headers import MAX_NAMES, MAX_VALUE, named_headers
from chat_api.api.routes import create_chat_app
from chat_api.conversation.assistant import Assistant
from chat_api.conversation.server import ConversationServer
from chat_api.conversation.turn_context import TurnContext
from chat_api.settings import ChatSettings
from chatcore.auth.keys import Keys
from chatcore.gate.gate import Gate
from chatcore.settings import SettingsError
from tests.unit.chat_api.conftest import Scripted
from tests.unit.chat_api.over_http import Chat

NAMES = ("accept-language", "x-page")


@pytest.fixture
async def chat(server: ConversationServer, gate: Gate, keys: Keys, provider: Scripted) -> Chat:
    app = create_chat_app(server, gate, keys, allowed_origins=(), context_headers=NAMES)
    return Chat(app, gate, keys, provider.model)


@pytest.fixture
def read(assistant: Assistant) -> list[Mapping[str, str]]:
    """Return the headers that a function tool and the agent's instructions read."""
    read: list[Mapping[str, str]] = []

    @function_tool
    def look(context: RunContextWrapper[TurnContext]) -> str:
        """Look at the page."""
        read.append(context.context.request_context.headers)
        return context.context.request_context.headers["x-page"]

    async def instructions(context: RunContextWrapper[TurnContext], _agent: object) -> str:
        read.append(context.context.request_context.headers)
        return f"Answer in {context.context.request_context.headers['accept-language']}."

    assistant.agent.instructions, assistant.agent.tools = instructions, [look]
    return read


async def test_agent_and_tools_see_only_the_configured_headers(
    chat: Chat, read: list[Mapping[str, str]]
) -> None:
    chat.model.extend([[function_call("look", {}, call_id="c1")], [assistant_message("Hallo.")]])
    sent = {"Accept-Language": "de-CH", "X-Page": "/orders/7", "X-Other": "hunter2"}
    words = {"content": [{"type": "input_text", "text": "What do I see?"}], "attachments": []}
    body = {"type": "threads.create", "params": {"input": words | {"inference_options": {}}}}
    answer = await chat.post(json.dumps(body).encode(), **chat.headers("alice"), **sent)
    assert answer.status_code == 200
    called = chat.last_call
    assert called.system_instructions == "Answer in de-CH."
    assert "/orders/7" in str(called.input)
    for headers in read:
        assert dict(headers) == {"accept-language": "de-CH", "x-page": "/orders/7"}
        assert headers["X-Page"] == "/orders/7"
        assert "authorization" not in headers
        assert not isinstance(headers, MutableMapping)


def test_repeated_header_is_joined_and_unsent_header_is_missing() -> None:
    sent = Headers(raw=[(b"x-page", b"a"), (b"x-page", b"b"), (b"x-empty", b"")])
    assert dict(named_headers(sent, ["x-page", "x-empty", "x-none"])) == {
        "x-page": "a, b",
        "x-empty": "",
    }


def test_too_long_header_is_dropped_and_only_its_name_is_logged(
    logged: list[dict[str, Any]],
) -> None:
    sent = Headers({"x-page": "p" * MAX_VALUE, "x-context": "q" * (MAX_VALUE + 1)})
    assert set(named_headers(sent, ["x-page", "x-context"])) == {"x-page"}
    [line] = logged
    assert (line["message"], line["header"]) == ("context_header_too_long", "x-context")
    assert "qq" not in json.dumps(line)


ENVIRON = {
    name.upper(): "x"
    for name, field in ChatSettings.model_fields.items()
    if field.is_required() and name != "allowed_origins"
} | {"ALLOWED_ORIGINS": "https://app.example.com"}


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("", ()),
        ("accept-language", ("accept-language",)),
        ("Accept-Language, X-Page-Context", ("accept-language", "x-page-context")),
    ],
)
def test_setting_names_headers_in_any_case(value: str, names: tuple[str, ...]) -> None:
    settings = ChatSettings.from_environ(ENVIRON | {"CONTEXT_HEADERS": value})
    assert settings.context_headers == names


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("x page", "CONTEXT_HEADERS[0]: must be the name of a header"),
        ("x-page,ü", "CONTEXT_HEADERS[1]: must be the name of a header"),
        ("x:", "CONTEXT_HEADERS[0]: must be the name of a header"),
        ("x" * 65, "CONTEXT_HEADERS[0]: must be the name of a header"),
        *(
            (f"x-page,{name}", "CONTEXT_HEADERS[1]: must not be a header that carries a credential")
            for name in ("Authorization", "cookie", "Proxy-Authorization")
        ),
        (
            ",".join(f"x-{number}" for number in range(MAX_NAMES + 1)),
            f"CONTEXT_HEADERS: Value should have at most {MAX_NAMES} items",
        ),
    ],
)
def test_invalid_and_credential_header_names_are_refused_at_startup(value: str, fault: str) -> None:
    with pytest.raises(SettingsError) as raised:
        ChatSettings.from_environ(ENVIRON | {"CONTEXT_HEADERS": value})
    assert str(raised.value.faults[0]).startswith(fault)
