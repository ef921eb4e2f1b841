from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI, Request
from starlette.responses import StreamingResponse

from chatcore.errors import HTTP, ApiError, NotFound, Unauthenticated
from chatcore.web import create_app

ORIGIN = "https://app.example.com"


@pytest.fixture
def app() -> FastAPI:
    app = create_app(allowed_origins=(ORIGIN,), max_body=10)

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
    app: FastAPI, method: str, path: str, *, content: bytes = b"", origin: str = ORIGIN
) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.request(method, path, content=content, headers={"origin": origin})


async def test_an_error_is_json_that_the_page_can_read(app: FastAPI) -> None:
    response = await answer(app, "GET", "/missing")
    assert response.status_code == 404
    assert response.json() == {"message": "There is no such thread.", "code": "not_found"}
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["x-request-id"]


async def test_a_401_names_the_scheme_and_says_what_to_do(app: FastAPI) -> None:
    response = await answer(app, "GET", "/private")
    sentence = "Authentication required. Please log in."
    assert response.json() == {"message": sentence, "code": "unauthenticated", "detail": sentence}
    assert response.headers["www-authenticate"] == "Bearer"


async def test_a_bug_becomes_a_readable_500_that_tells_nothing(app: FastAPI) -> None:
    response = await answer(app, "GET", "/bug")
    assert response.status_code == 500
    assert response.json()["code"] == "internal"
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert "hunter2" not in response.text


async def test_unknown_paths_and_methods_are_json_too(app: FastAPI) -> None:
    assert (await answer(app, "GET", "/nowhere")).json()["code"] == "not_found"
    wrong = await answer(app, "DELETE", "/missing")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")


async def test_another_origin_gets_no_cors_headers(app: FastAPI) -> None:
    response = await answer(app, "GET", "/missing", origin="https://evil.example")
    assert "access-control-allow-origin" not in response.headers


async def test_what_fails_after_the_first_byte_reaches_the_server(app: FastAPI) -> None:
    with pytest.raises(RuntimeError):
        await answer(app, "GET", "/broken-stream")


async def test_a_body_over_the_bound_is_413(app: FastAPI) -> None:
    assert (await answer(app, "POST", "/echo", content=b"x" * 10)).json() == 10
    response = await answer(app, "POST", "/echo", content=b"x" * 11)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


async def test_a_body_that_comes_in_pieces_is_bounded_as_a_whole(app: FastAPI) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 4

    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.post("/echo", content=pieces())).status_code == 413


async def test_an_error_is_logged_with_its_kind_and_request_but_without_its_words(
    app: FastAPI, logged: list[dict[str, Any]]
) -> None:
    response = await answer(app, "GET", "/bug")
    [line] = logged
    assert (line["message"], line["error"]) == ("request_failed", "RuntimeError")
    assert line["request_id"] == response.headers["x-request-id"]
    assert "hunter2" not in str(line)


def test_every_error_class_has_its_place_in_the_table() -> None:
    assert set(ApiError.__subclasses__()) == set(HTTP)
