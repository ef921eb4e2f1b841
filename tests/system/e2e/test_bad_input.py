"""Bad requests through the gateway are refused with a readable error."""

import json

import jwt
import pytest

from tests.system.e2e.service import Stack

PAGE = {"origin": "http://127.0.0.1:8000"}


def test_an_unknown_route_is_404_json_that_any_page_can_read(stack: Stack) -> None:
    answer = stack.http.get("/nowhere", headers={"origin": "https://any.example"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/chatkit"),
        ("DELETE", "/chatkit"),
        ("PUT", "/api/chatkit/session"),
        ("GET", "/api/chatkit/cancel"),
        ("POST", "/api/health"),
    ],
)
def test_a_wrong_method_is_405(stack: Stack, method: str, path: str) -> None:
    answer = stack.http.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_wrong_method_is_405_to_mcp_clients_too(stack: Stack, method: str) -> None:
    answer = stack.http.request(method, "/mcp")
    assert answer.status_code == 405
    assert answer.json()["error"]["data"] == {"code": "method_not_allowed"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe\xfa",
        b"[]",
        b'{"type": "threads.fly"}',
        b'{"type": "threads.create", "params": {}}',
    ],
)
def test_a_body_that_is_not_a_chatkit_request_is_400(stack: Stack, body: bytes) -> None:
    user = stack.user("lena")
    answer = stack.http.post("/chatkit", content=body, headers=user.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


def test_a_body_over_one_megabyte_is_413(stack: Stack) -> None:
    user = stack.user("lena")
    answer = stack.http.post("/chatkit", content=b" " * 1_100_000, headers=user.headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("path", ["/chatkit", "/mcp", "/api/chatkit/session"])
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Bearer rubbish",
        "Basic YTpi",
        "Bearer " + jwt.encode({"sub": "alice", "aud": "chatkit"}, "k" * 32, headers={"kid": "x"}),
        "Bearer " + jwt.encode({"sub": "alice", "aud": "chatkit"}, "", "none"),
    ],
)
def test_every_route_is_401_without_a_valid_token(
    stack: Stack, path: str, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    answer = stack.http.post(path, json={}, headers=headers)
    assert answer.status_code == 401
    body = answer.json()
    # MCP clients receive a JSON-RPC error.
    assert body.get("error", body)["message"] == "Authentication required. Please log in."


def test_a_token_for_one_route_is_refused_at_the_others(stack: Stack) -> None:
    identity = stack.http.post("/local/token", json={"user": "mia"}).json()["token"]
    secret = stack.user("mia").headers["authorization"].removeprefix("Bearer ")
    for path, token in [
        ("/chatkit", identity),
        ("/mcp", identity),
        ("/mcp", secret),
        ("/api/chatkit/session", secret),
    ]:
        answer = stack.http.post(path, json={}, headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 401, path


def test_an_unknown_thread_is_404_before_the_stream(stack: Stack) -> None:
    user = stack.user("nils")
    words = {"content": [{"type": "input_text", "text": "Hi"}], "attachments": []}
    answer = user.ask(
        "threads.add_user_message",
        thread_id="thr_unknown",
        input=words | {"inference_options": {}},
    )
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/json"


def test_the_pages_preflight_is_answered_and_its_errors_are_readable(stack: Stack) -> None:
    page = {"origin": stack.address}
    asked = page | {
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,baggage,content-type,traceparent",
    }
    for path in ("/chatkit", "/api/chatkit/session", "/api/chatkit/cancel", "/mcp"):
        preflight = stack.http.options(path, headers=asked)
        allowed = preflight.headers["access-control-allow-headers"]
        assert (preflight.status_code, allowed) == (200, asked["access-control-request-headers"])
    answer = stack.http.post("/chatkit", content=b"{", headers=page)
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == stack.address


def test_the_tools_answer_a_client_that_sends_no_accept_header(stack: Stack) -> None:
    asked = {"user": "nora", "audience": f"{stack.address}/mcp"}
    token = stack.http.post("/local/token", json=asked).json()["token"]
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    request = stack.http.build_request(
        "POST", "/mcp", json=ping, headers={"authorization": f"Bearer {token}"}
    )
    del request.headers["accept"]
    assert stack.http.send(request).json() == {"jsonrpc": "2.0", "id": 1, "result": {}}


def test_health_returns_a_version_and_no_secret(stack: Stack) -> None:
    health = stack.http.get("/api/health").json()
    assert set(health) == {"status", "version"}


def test_logs_contain_no_token_and_no_message(
    stack: Stack,
) -> None:
    user = stack.user("olga")
    said = "Add a task to fetch the hunter2 parcel"
    user.say(said)
    user.ask("threads.get_by_id", thread_id="thr_unknown")
    secret = user.headers["authorization"].removeprefix("Bearer ")
    written = stack.logged()
    assert written
    for text in ("hunter2", secret, secret.rsplit(".", 1)[1], json.dumps(said)):
        assert text not in written
