"""The stand-in for a team's login."""

from datetime import UTC, datetime

import httpx2
import jwt
import pytest
from starlette.responses import PlainTextResponse

from local_stack.login import Login, with_login

NOW = datetime(2026, 11, 21, tzinfo=UTC)
LOGIN = Login("https://login.local", "chat", "s" * 32, lambda: NOW)


@pytest.fixture
def client() -> httpx2.AsyncClient:
    app = with_login(LOGIN, PlainTextResponse("the gateway"))
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


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"user": ""}', b'{"user": 7}', b"\xff"])
async def test_a_request_without_a_user_is_400(client: httpx2.AsyncClient, body: bytes) -> None:
    answer = await client.post("/local/token", content=body)
    assert answer.status_code == 400
    assert "user" in answer.json()["message"]


async def test_a_page_of_any_origin_may_ask(client: httpx2.AsyncClient) -> None:
    asked = {"origin": "http://page", "access-control-request-method": "POST"}
    preflight = await client.options("/local/token", headers=asked)
    assert preflight.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/", "/chatkit", "/local/other"])
async def test_every_other_path_is_the_gateways(client: httpx2.AsyncClient, path: str) -> None:
    assert (await client.post(path)).text == "the gateway"
