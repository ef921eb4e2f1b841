"""Clients learn where to sign in on a custom domain only."""

import json
from typing import Any

import pytest

from tests.unit.mcp_api.function import Event, Function
from tests.unit.mcp_api.login import ISSUER, challenge, identity_token


def on_custom_domain(event: dict[str, Any], path: str = "/mcp") -> dict[str, Any]:
    """Return the event as sent by a custom domain that is mapped at its root."""
    event["requestContext"] |= {"domainName": "chat.example.com", "path": path}
    return event | {"path": path, "resource": path}


def test_a_refusal_on_a_custom_domain_says_where_to_sign_in(public: Function, event: Event) -> None:
    answer = public.send(on_custom_domain(event("mcp-list-tools")))
    assert challenge(answer) == (
        'Bearer resource_metadata="https://chat.example.com/.well-known/'
        'oauth-protected-resource/mcp", scope="notes"'
    )


def test_a_missing_scope_on_a_custom_domain_says_where_to_sign_in_too(
    public: Function, event: Event
) -> None:
    answer = public.send(on_custom_domain(event("mcp-list-tools", identity_token(scope="openid"))))
    assert challenge(answer) == (
        'Bearer error="insufficient_scope", scope="notes", resource_metadata='
        '"https://chat.example.com/.well-known/oauth-protected-resource/mcp"'
    )


def test_a_refusal_behind_a_stage_names_no_address_that_does_not_exist(
    public: Function, event: Event
) -> None:
    assert challenge(public.send(event("mcp-list-tools"))) == "Bearer"


def test_nothing_is_announced_where_the_logins_tokens_are_not_accepted(
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
        "resource_name": "Notes",
        "authorization_servers": [ISSUER],
        "scopes_supported": ["notes", "notes:read"],
        "bearer_methods_supported": ["header"],
    }


def test_the_metadata_is_not_served_behind_a_stage(public: Function, event: Event) -> None:
    path = "/.well-known/oauth-protected-resource/mcp"
    asked = event("mcp-list-tools") | {"httpMethod": "GET", "path": path, "body": None}
    asked["requestContext"]["path"] = f"/v1{path}"
    assert public.send(asked)["statusCode"] == 404


def test_the_metadata_is_not_served_where_the_logins_tokens_are_not_accepted(
    function: Function, event: Event
) -> None:
    path = "/.well-known/oauth-protected-resource/mcp"
    asked = on_custom_domain(event("mcp-list-tools"), path) | {"httpMethod": "GET", "body": None}
    assert function.send(asked)["statusCode"] == 404
