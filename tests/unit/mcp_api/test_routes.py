"""The protocol: which requests are answered, in which revision, and how others are refused."""

import json
from typing import Any

import pytest

from chatcore.auth.keys import Keys
from chatcore.auth.tokens import CLIENT_SECRET, TOOL_TOKEN
from mcp_api.routes import MAX_BODY_BYTES
from tests.unit.mcp_api.function import ORIGIN, Event, Function


def refusal(answer: dict[str, Any]) -> tuple[int, str]:
    """Return the status and the message of a refusal, which must be a JSON-RPC error."""
    body = json.loads(answer["body"])
    assert (body["jsonrpc"], body["id"]) == ("2.0", None)
    assert -32768 <= body["error"]["code"] <= -32000
    return answer["statusCode"], body["error"]["message"]


def header(answer: dict[str, Any], name: str) -> str:
    headers = {key.lower(): value for key, value in answer["headers"].items()}
    return str(headers[name])


def test_the_revision_with_a_handshake_is_served(function: Function) -> None:
    client = {"name": "a client", "version": "1"}
    answer = function.ask(
        function.token("alice"),
        "initialize",
        protocolVersion="2025-11-25",
        capabilities={},
        clientInfo=client,
    )
    assert answer["protocolVersion"] == "2025-11-25"
    assert answer["serverInfo"]["name"] == "notebook"


def test_the_revision_without_a_handshake_is_served(function: Function) -> None:
    token = function.token("alice")
    discovered = function.ask_modern(token, "server/discover")["result"]
    assert "2026-07-28" in discovered["supportedVersions"]
    note = {"name": "add_note", "arguments": {"text": "buy milk"}}
    added = function.ask_modern(token, "tools/call", **note)["result"]
    assert added["structuredContent"] == {"notes": ["buy milk"]}


def test_any_client_may_cache_the_list_of_tools_for_minutes(function: Function) -> None:
    listed = function.ask_modern(function.token("alice"), "tools/list")["result"]
    assert listed["ttlMs"] == 5 * 60 * 1000
    assert listed["cacheScope"] == "public"


def test_a_subscription_that_would_never_end_is_not_served(function: Function) -> None:
    answer = function.ask_modern(function.token("alice"), "subscriptions/listen", notifications={})
    assert answer["error"]["code"] == -32601


def test_without_a_tool_token_nothing_is_answered(
    function: Function, event: Event, keys: Keys
) -> None:
    client_secret = CLIENT_SECRET.mint(keys.current(), "alice", sid="s", scope="notes").token
    for token in ("", "rubbish", client_secret):
        answer = function.send(event("mcp-list-tools", token))
        assert refusal(answer) == (401, "Authentication required. Please log in.")
        assert header(answer, "www-authenticate") == "Bearer"


def test_a_token_for_other_tools_is_forbidden(function: Function, event: Event, keys: Keys) -> None:
    token = TOOL_TOKEN.mint(keys.current(), "alice", scope="calendar notes:write").token
    answer = function.send(event("mcp-list-tools", token))
    assert refusal(answer)[0] == 403
    assert 'error="insufficient_scope"' in header(answer, "www-authenticate")


def test_a_forged_authorizer_is_not_trusted(function: Function, event: Event) -> None:
    forged = event("mcp-list-tools")
    forged["requestContext"]["authorizer"] = {"sub": "alice", "principalId": "alice"}
    assert function.send(forged)["statusCode"] == 401


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "PATCH", "HEAD"])
def test_methods_other_than_post_get_405(function: Function, event: Event, method: str) -> None:
    request = event("mcp-list-tools", function.token("alice")) | {"httpMethod": method}
    answer = function.send(request)
    assert answer["statusCode"] == 405
    assert header(answer, "allow") == "POST"
    assert method == "HEAD" or refusal(answer) == (405, "Method Not Allowed")


def from_a_page(request: dict[str, Any], origin: str) -> dict[str, Any]:
    request["headers"]["Origin"] = origin
    request["multiValueHeaders"]["Origin"] = [origin]
    return request


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.com",
        "null",
        "http://127.0.0.1:8001",
        "https://preview.example.com",
        "https://a.b.preview.example.com",
        "https://pr-1.preview.example.com.attacker.net",
    ],
)
def test_a_page_of_another_origin_is_refused(function: Function, event: Event, origin: str) -> None:
    request = from_a_page(event("mcp-list-tools", function.token("alice")), origin)
    answer = function.send(request)
    assert refusal(answer)[0] == 403
    assert "access-control-allow-origin" not in {name.lower() for name in answer["headers"]}


@pytest.mark.parametrize("origin", [ORIGIN, "https://pr-1.preview.example.com"])
def test_a_page_of_an_allowed_origin_is_answered(
    function: Function, event: Event, origin: str
) -> None:
    request = from_a_page(event("mcp-list-tools", function.token("alice")), origin)
    answer = function.send(request)
    assert answer["statusCode"] == 200
    assert header(answer, "access-control-allow-origin") == origin


def test_a_request_without_an_origin_is_answered(function: Function, event: Event) -> None:
    answer = function.send(event("mcp-list-tools", function.token("alice")))
    assert answer["statusCode"] == 200


def test_any_host_that_the_gateway_routes_is_served(function: Function, event: Event) -> None:
    request = event("mcp-list-tools", function.token("alice"))
    request["headers"]["Host"] = "chat.example.com"
    request["multiValueHeaders"]["Host"] = ["chat.example.com"]
    assert function.send(request)["statusCode"] == 200


def test_a_body_of_more_than_4_mb_is_refused(function: Function, event: Event) -> None:
    request = event("mcp-list-tools", function.token("alice"))
    whole = request["body"] + " " * (MAX_BODY_BYTES - len(request["body"]))
    assert function.send(request | {"body": whole})["statusCode"] == 200
    answer = function.send(request | {"body": whole + " "})
    assert refusal(answer) == (413, "The request is larger than 4,194,304 bytes.")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", -32700),
        ("{", -32700),
        ("[]", -32602),
        ("7", -32602),
        ('{"jsonrpc": "2.0", "id": 1}', -32602),
        ('{"id": 1, "method": "x"}', -32602),
    ],
)
def test_a_body_that_is_not_a_request_is_refused(
    function: Function, event: Event, body: str, code: int
) -> None:
    answer = function.send(event("mcp-list-tools", function.token("alice")) | {"body": body})
    assert answer["statusCode"] == 400
    assert json.loads(answer["body"])["error"]["code"] == code


@pytest.mark.parametrize(
    ("field", "members"),
    [
        ("id", {"id": "hunter2" * 72}),
        ("method", {"method": "hunter2" * 72}),
        ("params.name", {"method": "tools/call", "params": {"name": "hunter2" * 72}}),
        ("params.name", {"method": "prompts/get", "params": {"name": "hunter2" * 72}}),
        ("params.uri", {"method": "resources/read", "params": {"uri": "x:" + "hunter2" * 72}}),
    ],
)
def test_a_long_name_is_refused_and_not_repeated(
    function: Function, event: Event, field: str, members: dict[str, Any]
) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"} | members)
    answer = function.send(event("mcp-list-tools", function.token("alice")) | {"body": body})
    assert refusal(answer) == (400, f"{field}: must have at most 500 characters")


def test_an_internal_error_gets_500_without_its_text(
    function: Function,
    event: Event,
    keys: Keys,
    logged: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = function.token("alice")

    def fail(kid: str) -> None:
        raise RuntimeError("hunter2")

    monkeypatch.setattr(keys, "find", fail)
    answer = function.send(event("mcp-list-tools", token))
    assert refusal(answer) == (500, "Something went wrong on our side.")
    assert "hunter2" not in answer["body"] + json.dumps(logged)
    assert logged[0]["message"] == "request_failed"


def test_every_response_has_the_requests_id(function: Function, event: Event) -> None:
    for token in (function.token("alice"), "rubbish"):
        request = event("mcp-list-tools", token)
        request_id = request["requestContext"]["requestId"]
        assert header(function.send(request), "x-request-id") == request_id


def test_a_trailing_slash_gets_404_and_no_redirect(function: Function, event: Event) -> None:
    """A redirect would point to an address without the stage."""
    assert function.send(event("mcp-list-tools") | {"path": "/mcp/"})["statusCode"] == 404
