"""The stand-in for a team's login."""

from datetime import UTC, datetime

import httpx2
import jwt
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from local_stack.login import LocalLogin, with_login

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ORIGINS = ["http://page", "https://*.preview.test"]
LOGIN = LocalLogin("https://login.local", "chat", "s" * 32, lambda: NOW)


@pytest.fixture
def client() -> httpx2.AsyncClient:
    app = with_login(LOGIN, PlainTextResponse("the gateway"), ORIGINS)
    return httpx2.AsyncClient(base_url="http://local", transport=httpx2.ASGITransport(app))


async def test_anyone_gets_the_token_of_any_user(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/local/token", json={"user": "alice"})
    claims = jwt.decode(
        answer.json()["token"],
        "s" * 32,
        algorithms=["HS256"],
        audience="chat",
        issuer="https://login.local",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["sub"] == "alice"
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["iat"] == NOW.timestamp()


async def test_a_token_may_be_for_another_audience(client: httpx2.AsyncClient) -> None:
    asked = {"user": "alice", "audience": "http://local/mcp"}
    answer = await client.post("/local/token", json=asked)
    claims = jwt.decode(answer.json()["token"], options={"verify_signature": False})
    assert claims["aud"] == "http://local/mcp"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"user": ""}',
        b'{"user": 7}',
        b'{"user": "alice", "audience": 7}',
        b"\xff",
        b"[" * 5_000,
        b"[" * 200_000,
        b'{"user": "alice"}' + b" " * 10_240,
    ],
)
async def test_a_request_without_a_user_gets_400(client: httpx2.AsyncClient, body: bytes) -> None:
    answer = await client.post("/local/token", content=body)
    assert answer.status_code == 400
    assert "user" in answer.json()["message"]


@pytest.mark.parametrize("page", ["http://page", "https://pr-1.preview.test"])
async def test_a_page_of_an_allowed_origin_gets_a_token(
    client: httpx2.AsyncClient, page: str
) -> None:
    asked = {"origin": page, "access-control-request-method": "POST"}
    preflight = await client.options("/local/token", headers=asked)
    assert preflight.headers["access-control-allow-origin"] == page
    answer = await client.post("/local/token", headers=asked, json={"user": "alice"})
    assert answer.json()["token"]
    assert answer.headers["access-control-allow-origin"] == page


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
async def test_a_page_of_another_site_gets_no_token(
    client: httpx2.AsyncClient, content_type: str
) -> None:
    headers = {"origin": "http://evil.example", "content-type": content_type}
    answer = await client.post("/local/token", headers=headers, content=b'{"user": "alice"}')
    assert answer.status_code == 403
    assert "token" not in answer.json()
    assert "access-control-allow-origin" not in answer.headers


async def test_another_method_gets_405(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/local/token")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")


@pytest.mark.parametrize("path", ["/", "/chatkit", "/local/other"])
async def test_every_other_path_goes_to_the_gateway(client: httpx2.AsyncClient, path: str) -> None:
    assert (await client.post(path)).text == "the gateway"


@pytest.mark.parametrize("target", ["*", "127.0.0.1:443", "http://127.0.0.1/chatkit"])
async def test_a_target_that_is_not_a_path_goes_to_the_gateway(target: str) -> None:
    reached: list[str] = []

    async def gateway(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope["path"])

    async def unused() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        raise AssertionError(message)

    scope = {"type": "http", "method": "OPTIONS", "path": target, "headers": []}
    await with_login(LOGIN, gateway)(scope, unused, send)
    assert reached == [target]
