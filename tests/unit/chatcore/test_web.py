"""Errors, CORS and the body limit of chatcore.web, in the chatkit function's application."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse

from chat_api.api.application import create_app
from chatcore.errors import HTTP, ApiError, NotFound, Unauthenticated
from chatcore.web.asgi import authorization_of

ORIGIN = "https://app.example.com"


@pytest.fixture
def app() -> FastAPI:
    app = create_app(allowed_origins=(ORIGIN, "https://*.preview.example.com"), max_body=10)

    @app.get("/missing")
    def missing() -> None:
        raise NotFound("There is no such thread.")

    @app.get("/private")
    def private() -> None:
        raise Unauthenticated

    @app.get("/bug")
    def bug() -> None:
        raise RuntimeError("the user said: my password is hunter2")

    @app.get("/broken-stream")
    def broken() -> StreamingResponse:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"first"
            raise RuntimeError

        return StreamingResponse(chunks())

    @app.post("/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    return app


async def answer(
    app: FastAPI,
    method: str,
    path: str,
    *,
    content: bytes = b"",
    origin: str = ORIGIN,
    headers: Mapping[str, str] = {},
) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=app)
    sent = {"origin": origin, **headers}
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.request(method, path, content=content, headers=sent)


async def preflight(app: FastAPI, origin: str, method: str, headers: str) -> httpx2.Response:
    asked = {"access-control-request-method": method, "access-control-request-headers": headers}
    return await answer(app, "OPTIONS", "/echo", origin=origin, headers=asked)


async def test_an_error_is_json_that_the_page_can_read(app: FastAPI) -> None:
    response = await answer(app, "GET", "/missing")
    assert response.status_code == 404
    assert response.json() == {"message": "There is no such thread.", "code": "not_found"}
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["x-request-id"]


async def test_a_401_names_the_scheme_and_says_what_to_do(app: FastAPI) -> None:
    response = await answer(app, "GET", "/private")
    assert response.status_code == 401
    sentence = "Authentication required. Please log in."
    assert response.json() == {"message": sentence, "code": "unauthenticated", "detail": sentence}
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_bug_becomes_a_readable_500_without_details(app: FastAPI) -> None:
    response = await answer(app, "GET", "/bug")
    assert response.status_code == 500
    assert response.json()["code"] == "internal"
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert "hunter2" not in response.text


async def test_unknown_paths_and_methods_get_json_errors(app: FastAPI) -> None:
    unknown = await answer(app, "GET", "/nowhere")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    wrong = await answer(app, "DELETE", "/missing")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")


async def test_another_origin_gets_no_cors_headers(app: FastAPI) -> None:
    response = await answer(app, "GET", "/missing", origin="https://evil.example")
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    "headers",
    [
        "authorization,content-type",
        "authorization,baggage,content-type,sentry-trace",
        "traceparent,tracestate",
        "x-datadog-trace-id,x-datadog-parent-id",
        "chatkit-device-id",
        "x-page-context",
        "Authorization, Content-Type",
    ],
)
async def test_a_preflight_allows_every_header_that_a_page_adds(app: FastAPI, headers: str) -> None:
    response = await preflight(app, ORIGIN, "POST", headers)
    assert response.status_code == 200
    assert response.headers["access-control-allow-headers"] == headers
    assert "access-control-allow-credentials" not in response.headers
    assert "Access-Control-Request-Headers" in response.headers["vary"]


async def test_a_preflight_of_another_page_or_method_allows_nothing(app: FastAPI) -> None:
    stranger = await preflight(app, "https://evil.example", "POST", "authorization")
    assert stranger.status_code == 400
    assert "access-control-allow-origin" not in stranger.headers
    assert (await preflight(app, ORIGIN, "PATCH", "authorization")).status_code == 400


async def test_cors_allows_a_matching_page_by_its_own_origin(app: FastAPI) -> None:
    page = "https://pr-1.preview.example.com"
    allowed = await preflight(app, page, "POST", "authorization")
    assert allowed.headers["access-control-allow-origin"] == page
    response = await answer(app, "GET", "/missing", origin=page)
    assert response.headers["access-control-allow-origin"] == page
    assert response.headers["vary"] == "Origin"
    trick = "https://evil.preview.example.com.attacker.net"
    assert (await preflight(app, trick, "POST", "authorization")).status_code == 400
    refused = await answer(app, "GET", "/missing", origin=trick)
    assert "access-control-allow-origin" not in refused.headers


async def test_an_error_after_the_first_byte_reaches_the_server(app: FastAPI) -> None:
    with pytest.raises(RuntimeError):
        await answer(app, "GET", "/broken-stream")


async def test_a_body_over_the_limit_gets_413(app: FastAPI) -> None:
    assert (await answer(app, "POST", "/echo", content=b"x" * 10)).json() == 10
    response = await answer(app, "POST", "/echo", content=b"x" * 11)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


async def test_the_body_limit_applies_to_the_sum_of_all_parts(app: FastAPI) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 4

    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.post("/echo", content=pieces())).status_code == 413


async def test_an_error_is_logged_with_its_type_and_request_but_without_its_text(
    app: FastAPI, logged: list[dict[str, Any]]
) -> None:
    response = await answer(app, "GET", "/bug")
    [line] = logged
    assert (line["message"], line["error"]) == ("request_failed", "RuntimeError")
    assert line["request_id"] == response.headers["x-request-id"]
    assert "hunter2" not in str(line)


def test_every_error_class_is_in_the_table() -> None:
    assert set(ApiError.__subclasses__()) == set(HTTP)


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ([], None),
        (["Bearer a"], "Bearer a"),
        (["Bearer a", "Bearer b"], "Bearer a, Bearer b"),
        (["", "Bearer b"], ", Bearer b"),
    ],
)
def test_several_authorization_headers_are_joined(sent: list[str], value: str | None) -> None:
    headers = [(b"authorization", each.encode()) for each in sent]
    request = Request({"type": "http", "headers": headers})
    assert authorization_of(request) == value
