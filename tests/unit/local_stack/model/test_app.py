"""Errors and the list of models, as OpenAI answers them."""

import httpx2
import pytest
from openai import AsyncOpenAI

from local_stack.model.app import create_app

KEY = {"authorization": "Bearer any"}
RESPONSES = "/v1/responses"
CHAT = "/v1/chat/completions"


async def ask(
    path: str,
    body: object = None,
    *,
    method: str = "POST",
    headers: dict[str, str] = KEY,
    raw: bytes | None = None,
) -> httpx2.Response:
    transport = httpx2.ASGITransport(create_app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://model") as client:
        if raw is not None:
            return await client.request(method, path, headers=headers, content=raw)
        return await client.request(method, path, headers=headers, json=body)


async def test_models_are_listed(client: AsyncOpenAI) -> None:
    assert [model.id async for model in client.models.list()] == ["scripted-assistant"]


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer "}, {"authorization": "Basic x"}]
)
async def test_a_request_without_a_key_is_refused(headers: dict[str, str]) -> None:
    response = await ask(RESPONSES, {}, headers=headers)
    assert response.status_code == 401
    error = response.json()["error"]
    assert error["message"].startswith("You didn't provide an API key.")
    assert error["type"] == "invalid_request_error"


@pytest.mark.parametrize("headers", [KEY, {}])
async def test_each_response_has_an_id_of_its_own(headers: dict[str, str]) -> None:
    body = {"model": "any", "input": "Hi"}
    responses = [await ask(RESPONSES, body, headers=headers) for _ in range(2)]
    ids = {response.headers["x-request-id"] for response in responses}
    assert len(ids) == 2
    assert all(each.startswith("req_") for each in ids)


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"nonsense"])
@pytest.mark.parametrize("path", [RESPONSES, CHAT])
async def test_a_body_that_is_not_json_is_refused(path: str, raw: bytes) -> None:
    response = await ask(path, raw=raw)
    assert response.status_code == 400
    assert response.json()["error"]["message"].startswith("We could not parse the JSON body")


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        (RESPONSES, {"input": "x"}, "model"),
        (RESPONSES, {"model": "any"}, "input"),
        (RESPONSES, {"model": "any", "input": 7}, "input"),
        (RESPONSES, {"model": "any", "input": [{"role": "nobody"}]}, "input[0].role"),
        (CHAT, {"model": "any"}, "messages"),
        (CHAT, {"model": "any", "messages": [{"content": "x"}]}, "messages[0].role"),
        (CHAT, [], None),
    ],
)
async def test_a_wrong_field_is_named(path: str, body: object, param: str | None) -> None:
    response = await ask(path, body)
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["param"] == param
    assert set(error) == {"message", "type", "param", "code"}


async def test_an_unknown_route_is_refused() -> None:
    response = await ask("/v1/nothing", {})
    assert response.status_code == 404
    assert response.json()["error"]["message"] == "Invalid URL (POST /v1/nothing)"


async def test_a_wrong_method_is_refused() -> None:
    response = await ask(RESPONSES, method="GET")
    assert response.status_code == 405
    assert response.json()["error"]["code"] == "method_not_supported"
