"""The kinds of tokens that may call the tools at /mcp, and similar tokens that may not."""

import time
from typing import Any

import httpx2
import jwt
import pytest

from chatcore.auth.tokens import ISSUER, TOOL_TOKEN, TokenKind
from tests.system.e2e.service import Stack
from tests.system.security.entry_points import LIST_TOOLS, MCP, assert_refused
from tests.system.security.storage import Storage

LOGIN = "https://login.local"
ADD = {"name": "add_task", "arguments": {"title": "a Trojan horse"}}
OTHER_ROUTES = ["/api/chatkit/session", "/api/chatkit/cancel", "/chatkit"]


@pytest.fixture(scope="module")
def audience(stack: Stack) -> str:
    """Return the audience that a token of the login must name at /mcp."""
    return f"{stack.address}/mcp"


def call(stack: Stack, token: str, asked: dict[str, Any] = LIST_TOOLS) -> httpx2.Response:
    headers = {"authorization": f"Bearer {token}", **MCP}
    return stack.http.post("/mcp", json=asked, headers=headers)


def login_token(storage: Storage, **changes: Any) -> str:
    """Return a token of the login with changed claims. A claim that is None is left out."""
    now = int(time.time())
    claims = {"iss": LOGIN, "sub": "mallory", "iat": now, "exp": now + 600} | changes
    given = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(given, storage.key("IdentitySecret").secret, "HS256")


def test_the_logins_token_for_the_tools_is_accepted(
    stack: Stack, storage: Storage, audience: str
) -> None:
    # RFC 7519 section 4.1.3: a list names several audiences.
    for named in (audience, [audience, "another"]):
        assert call(stack, login_token(storage, aud=named)).status_code == 200


@pytest.mark.parametrize(
    "named", [None, "chatkit-local", "chatkit", "mcp", "{}/", "{}/tasks", "{}?x", "", " {}"]
)
def test_a_login_token_for_another_audience_is_refused(
    stack: Stack, storage: Storage, audience: str, named: str | None
) -> None:
    aud = named and named.format(audience)
    assert_refused(call(stack, login_token(storage, aud=aud)))


@pytest.mark.parametrize("route", OTHER_ROUTES)
def test_the_logins_token_for_the_tools_is_refused_at_other_routes(
    stack: Stack, storage: Storage, audience: str, route: str
) -> None:
    token = login_token(storage, aud=audience)
    headers = {"authorization": f"Bearer {token}"}
    assert_refused(stack.http.post(route, json={"turn_id": "turn_1"}, headers=headers))


def test_a_token_with_the_other_issuers_key_is_refused(
    stack: Stack, storage: Storage, audience: str
) -> None:
    tool, login = storage.key("ToolSecret"), storage.key("IdentitySecret")
    ours = TOOL_TOKEN.mint(login, "mallory", scope="tasks").token
    assert_refused(call(stack, ours))
    assert_refused(call(stack, TOOL_TOKEN.mint(login, "mallory", iss=LOGIN, scope="tasks").token))
    now = int(time.time())
    claims = {"iss": LOGIN, "aud": audience, "sub": "mallory", "iat": now, "exp": now + 600}
    assert_refused(call(stack, jwt.encode(claims, tool.secret, "HS256", {"kid": tool.kid})))
    claims |= {"iss": ISSUER, "aud": "mcp", "scope": "tasks", "jti": "1"}
    assert_refused(call(stack, jwt.encode(claims, login.secret, "HS256", {"kid": tool.kid})))


def test_a_token_for_another_tool_server_is_refused(stack: Stack, storage: Storage) -> None:
    for audience in ("weather-api", f"{stack.address}/mcp"):
        kind = TokenKind(audience=audience, lifetime=600, required=("sub", "scope"))
        token = kind.mint(storage.key("ToolSecret"), "mallory", scope="tasks").token
        assert_refused(call(stack, token))


@pytest.mark.parametrize("scope", ["", "openid", "tasks:write", "TASKS", "tasks,tasks:read"])
def test_a_token_without_a_tool_scope_is_refused(
    stack: Stack, storage: Storage, audience: str, scope: str
) -> None:
    answer = call(stack, login_token(storage, aud=audience, scope=scope))
    assert answer.status_code == 403
    # API Gateway renames the header in its response.
    challenge = answer.headers["x-amzn-remapped-www-authenticate"]
    assert 'error="insufficient_scope"' in challenge


@pytest.mark.parametrize("kind", ["the chat's", "the login's"])
def test_a_read_scope_allows_no_change(
    stack: Stack, storage: Storage, audience: str, kind: str
) -> None:
    token = login_token(storage, aud=audience, scope="openid tasks:read")
    if kind == "the chat's":
        key = storage.key("ToolSecret")
        token = TOOL_TOKEN.mint(key, "mallory", scope="tasks:read").token
    before = storage.rows()
    added = call(stack, token, LIST_TOOLS | {"method": "tools/call", "params": ADD}).json()
    assert added["result"]["isError"] is True
    assert storage.rows() == before
    listing = {"name": "list_tasks", "arguments": {}}
    listed = call(stack, token, LIST_TOOLS | {"method": "tools/call", "params": listing}).json()
    assert listed["result"]["isError"] is False


def test_a_refusal_names_a_sign_in_address_that_exists(stack: Stack, audience: str) -> None:
    refused = call(stack, "rubbish")
    assert_refused(refused)
    challenge = refused.headers["x-amzn-remapped-www-authenticate"]
    address = challenge.split('resource_metadata="')[1].split('"')[0]
    metadata = stack.http.get(address).json()
    assert metadata["resource"] == audience
    assert metadata["authorization_servers"] == [LOGIN]
