"""Who may call the public address, and what a read-only token may do."""

import json
import time
from typing import Any

import jwt
import pytest

from chatcore.auth.identity import Identity, Login, SharedSecret
from chatcore.auth.keys import Key
from mcp_api.auth import AcceptedLogin
from tests.conftest import HeldKeys
from tests.task_tools.conftest import Event, Function

ISSUER = "https://login.example.com/"
AUDIENCE = "https://chat.example.com/mcp"
SECRET = "l" * 64
ARGUMENTS: dict[str, dict[str, Any]] = {
    "add_task": {"title": "x"},
    "list_tasks": {},
    "get_task": {"task": "a task"},
    "update_task": {"task": "a task", "priority": "high"},
    "complete_task": {"task": "a task"},
    "reopen_task": {"task": "a task"},
    "delete_task": {"task": "a task"},
}


@pytest.fixture
def public(function: Function) -> Function:
    """The function where the login's tokens are taken too."""
    login = Login(issuer=ISSUER, audience=AUDIENCE)
    identity = Identity(SharedSecret(HeldKeys(Key("v1", SECRET))), login)
    function.login = AcceptedLogin(identity, ISSUER, AUDIENCE)
    return function


def identity_token(**changes: Any) -> str:
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "iat": now, "exp": now + 3600}
    return jwt.encode(claims | changes, SECRET, "HS256")


def on_custom_domain(event: dict[str, Any], path: str = "/mcp") -> dict[str, Any]:
    """The event behind a custom domain that is mapped at its root."""
    event["requestContext"] |= {"domainName": "chat.example.com", "path": path}
    return event | {"path": path, "resource": path}


def challenge(answer: dict[str, Any]) -> str:
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    return str(headers["www-authenticate"])


def test_a_token_of_the_login_for_this_audience_is_taken(public: Function) -> None:
    added = public.ask(
        identity_token(), "tools/call", name="add_task", arguments={"title": "buy milk"}
    )
    assert added["structuredContent"]["title"] == "buy milk"
    assert public.titles("alice") == {"buy milk": "open"}


@pytest.mark.parametrize(
    "changes",
    [{"aud": "app"}, {"iss": "https://evil.example.com/"}, {"exp": 1}, {"sub": ""}],
)
def test_a_token_of_the_login_for_something_else_is_not(
    public: Function, event: Event, changes: dict[str, Any]
) -> None:
    answer = public.send(event("mcp-list-tools", identity_token(**changes)))
    assert answer["statusCode"] == 401


def test_a_login_that_is_not_connected_here_is_not_taken(function: Function, event: Event) -> None:
    assert function.send(event("mcp-list-tools", identity_token()))["statusCode"] == 401


def test_tool_tokens_are_taken_beside_it(public: Function) -> None:
    assert public.titles("bob") == {}


@pytest.mark.parametrize(
    "scope", ["openid profile", "", "tasks:write", "calendar/tasks", ["tasks"]]
)
def test_a_token_whose_scopes_are_others_is_forbidden(
    public: Function, event: Event, scope: Any
) -> None:
    answer = public.send(event("mcp-list-tools", identity_token(scope=scope)))
    assert answer["statusCode"] == 403
    assert challenge(answer) == 'Bearer error="insufficient_scope", scope="tasks"'


@pytest.mark.parametrize(
    "scope", ["tasks", "openid tasks", f"{AUDIENCE}/tasks", "tasks tasks:read"]
)
def test_the_scope_of_tasks_allows_everything(public: Function, scope: str) -> None:
    added = public.ask(
        identity_token(scope=scope), "tools/call", name="add_task", arguments={"title": "x"}
    )
    assert not added["isError"]


@pytest.mark.parametrize("scope", ["tasks:read", f"openid {AUDIENCE}/tasks:read"])
def test_a_read_only_scope_of_the_login_is_honoured(public: Function, scope: str) -> None:
    token = identity_token(scope=scope)
    refused = public.ask(token, "tools/call", name="add_task", arguments={"title": "x"})
    assert "may only read" in refused["content"][0]["text"]
    assert not public.ask(token, "tools/call", name="list_tasks", arguments={})["isError"]


def test_a_read_only_token_may_call_every_tool_that_says_it_reads_and_no_other(
    function: Function,
) -> None:
    function.done("alice", "add_task", title="a task")
    before = function.done("alice", "list_tasks")
    for tool in function.ask(function.token("alice"), "tools/list")["tools"]:
        name = tool["name"]
        if tool["annotations"]["readOnlyHint"]:
            function.done("alice", name, scope="tasks:read", **ARGUMENTS[name])
        else:
            told = function.failed("alice", name, scope="tasks:read", **ARGUMENTS[name])
            assert 'Sign in again with the scope "tasks"' in told
    assert function.done("alice", "list_tasks") == before


def test_a_refusal_on_a_custom_domain_says_where_to_sign_in(public: Function, event: Event) -> None:
    answer = public.send(on_custom_domain(event("mcp-list-tools")))
    assert challenge(answer) == (
        'Bearer resource_metadata="https://chat.example.com/.well-known/'
        'oauth-protected-resource/mcp", scope="tasks"'
    )


def test_a_missing_scope_on_a_custom_domain_is_told_with_it_too(
    public: Function, event: Event
) -> None:
    answer = public.send(on_custom_domain(event("mcp-list-tools", identity_token(scope="openid"))))
    assert challenge(answer) == (
        'Bearer error="insufficient_scope", scope="tasks", resource_metadata='
        '"https://chat.example.com/.well-known/oauth-protected-resource/mcp"'
    )


def test_a_refusal_behind_a_stage_names_no_address_that_does_not_exist(
    public: Function, event: Event
) -> None:
    assert challenge(public.send(event("mcp-list-tools"))) == "Bearer"


def test_nothing_is_announced_where_the_login_s_tokens_are_not_taken(
    function: Function, event: Event
) -> None:
    assert challenge(function.send(on_custom_domain(event("mcp-list-tools")))) == "Bearer"


@pytest.mark.parametrize("after", ["/mcp", ""])
def test_the_metadata_names_resource_login_and_scopes(
    public: Function, event: Event, after: str
) -> None:
    path = "/.well-known/oauth-protected-resource" + after
    asked = on_custom_domain(event("mcp-list-tools"), path) | {"httpMethod": "GET", "body": None}
    answer = public.send(asked)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"]) == {
        "resource": "https://chat.example.com/mcp",
        "resource_name": "Tasks",
        "authorization_servers": [ISSUER],
        "scopes_supported": ["tasks", "tasks:read"],
        "bearer_methods_supported": ["header"],
    }


def test_the_metadata_is_not_served_behind_a_stage(public: Function, event: Event) -> None:
    path = "/.well-known/oauth-protected-resource/mcp"
    asked = event("mcp-list-tools") | {"httpMethod": "GET", "path": path, "body": None}
    asked["requestContext"]["path"] = f"/v1{path}"
    assert public.send(asked)["statusCode"] == 404


def test_the_metadata_is_not_served_where_the_login_s_tokens_are_not_taken(
    function: Function, event: Event
) -> None:
    path = "/.well-known/oauth-protected-resource/mcp"
    asked = on_custom_domain(event("mcp-list-tools"), path) | {"httpMethod": "GET", "body": None}
    assert function.send(asked)["statusCode"] == 404


def test_a_slash_behind_the_path_is_404_and_no_redirect(function: Function, event: Event) -> None:
    """A redirect would name an address without the stage."""
    assert function.send(event("mcp-list-tools") | {"path": "/mcp/"})["statusCode"] == 404
