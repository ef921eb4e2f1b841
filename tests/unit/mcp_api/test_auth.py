"""Who may call the tools over HTTP, and with which scopes."""

from typing import Any

import pytest

from tests.unit.mcp_api.function import Event, Function
from tests.unit.mcp_api.login import AUDIENCE, challenge, identity_token


def test_a_login_token_for_this_audience_is_accepted(public_function: Function) -> None:
    added = public_function.ask(
        identity_token(), "tools/call", name="add_note", arguments={"text": "buy milk"}
    )
    assert added["structuredContent"] == {"notes": ["buy milk"]}
    assert public_function.done("alice", "list_notes") == {"notes": ["buy milk"]}


@pytest.mark.parametrize(
    "changes",
    [{"aud": "app"}, {"iss": "https://evil.example.com/"}, {"exp": 1}, {"sub": ""}],
)
def test_a_login_token_with_a_wrong_claim_is_refused(
    public_function: Function, event: Event, changes: dict[str, Any]
) -> None:
    answer = public_function.send(event("mcp-list-tools", identity_token(**changes)))
    assert answer["statusCode"] == 401


def test_without_a_configured_login_its_tokens_are_refused(
    function: Function, event: Event
) -> None:
    assert function.send(event("mcp-list-tools", identity_token()))["statusCode"] == 401


def test_tool_tokens_are_accepted_in_addition_to_the_logins_tokens(
    public_function: Function,
) -> None:
    assert public_function.done("bob", "list_notes") == {"notes": []}


@pytest.mark.parametrize(
    "scope", ["openid profile", "", "notes:write", "calendar/notes", ["notes"]]
)
def test_a_token_without_a_scope_of_this_server_is_forbidden(
    public_function: Function, event: Event, scope: Any
) -> None:
    answer = public_function.send(event("mcp-list-tools", identity_token(scope=scope)))
    assert answer["statusCode"] == 403
    assert challenge(answer) == 'Bearer error="insufficient_scope", scope="notes"'


@pytest.mark.parametrize(
    "scope", ["notes", "openid notes", f"{AUDIENCE}/notes", "notes notes:read"]
)
def test_the_write_scope_allows_every_tool(public_function: Function, scope: str) -> None:
    added = public_function.ask(
        identity_token(scope=scope), "tools/call", name="add_note", arguments={"text": "x"}
    )
    assert not added["isError"]


@pytest.mark.parametrize("scope", ["notes:read", f"openid {AUDIENCE}/notes:read"])
def test_the_read_scope_allows_only_read_only_tools(public_function: Function, scope: str) -> None:
    token = identity_token(scope=scope)
    refused = public_function.ask(token, "tools/call", name="add_note", arguments={"text": "x"})
    assert "may only read" in refused["content"][0]["text"]
    assert not public_function.ask(token, "tools/call", name="list_notes", arguments={})["isError"]
