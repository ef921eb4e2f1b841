"""Refusals and metadata say where to sign in, but only on a custom domain."""

import json
from typing import Any

import pytest

from tests.unit.mcp_api.function import Event, Function
from tests.unit.mcp_api.login import ISSUER, challenge, identity_token


def on_custom_domain(event: dict[str, Any], path: str = "/mcp") -> dict[str, Any]:
    """Return the event as sent by a custom domain that is mapped at its root."""
    event["requestContext"] |= {"domainName": "chat.example.com", "path": path}
    return event | {"path": path, "resource": path}


def test_a_refusal_on_a_custom_domain_says_where_to_sign_in(
    public_function: Function, event: Event
) -> None:
    answer = public_function.send(on_custom_domain(event("mcp-list-tools")))
    assert challenge(answer) == (
        'Bearer resource_metadata="https://chat.example.com/.well-known/'
        'oauth-protected-resource/mcp", scope="notes"'
    )


def test_a_missing_scope_on_a_custom_domain_says_where_to_sign_in_too(
    public_function: Function, event: Event
) -> None:
    answer = public_function.send(
        on_custom_domain(event("mcp-list-tools", identity_token(scope="openid")))
    )
    assert challenge(answer) == (
        'Bearer error="insufficient_scope", scope="notes", resource_metadata='
        '"https://chat.example.com/.well-known/oauth-protected-resource/mcp"'
    )


def test_a_refusal_behind_a_stage_names_no_metadata(
    public_function: Function, event: Event
) -> None:
    assert challenge(public_function.send(event("mcp-list-tools"))) == "Bearer"


def test_a_refusal_names_no_metadata_if_the_logins_tokens_are_not_accepted(
    function: Function, event: Event
) -> None:
    assert challenge(function.send(on_custom_domain(event("mcp-list-tools")))) == "Bearer"


@pytest.mark.parametrize("suffix", ["/mcp", ""])
def test_the_metadata_names_resource_login_and_scopes(
    public_function: Function, event: Event, suffix: str
) -> None:
    path = "/.well-known/oauth-protected-resource" + suffix
    request = on_custom_domain(event("mcp-list-tools"), path) | {"httpMethod": "GET", "body": None}
    answer = public_function.send(request)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"]) == {
        "resource": "https://chat.example.com/mcp",
        "resource_name": "Notes",
        "authorization_servers": [ISSUER],
        "scopes_supported": ["notes", "notes:read"],
        "bearer_methods_supported": ["header"],
    }


def test_the_metadata_is_not_served_behind_a_stage(public_function: Function, event: Event) -> None:
    path = "/.well-known/oauth-protected-resource/mcp"
    request = event("mcp-list-tools") | {"httpMethod": "GET", "path": path, "body": None}
    request["requestContext"]["path"] = f"/v1{path}"
    assert public_function.send(request)["statusCode"] == 404


def test_the_metadata_is_not_served_if_the_logins_tokens_are_not_accepted(
    function: Function, event: Event
) -> None:
    path = "/.well-known/oauth-protected-resource/mcp"
    request = on_custom_domain(event("mcp-list-tools"), path) | {"httpMethod": "GET", "body": None}
    assert function.send(request)["statusCode"] == 404
