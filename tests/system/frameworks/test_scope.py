"""The scope equals uvicorn's for the same request."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.system.frameworks.clients import Answer, Lambda, Request, Uvicorn

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.deep]

REQUESTS = {
    "path": Request("/a%2Fb/gr%C3%BC%C3%9Fe%20x;y=z@1:2"),
    "query": Request("/?q=1&q=2&flag=&a=%26%2B%20%C3%BC"),
    "headers": Request("/", headers=(("X-TAG", "one"), ("x-tag", "two"), ("x-empty", ""))),
    "header beyond ASCII": Request("/", headers=(("x-name", "café"),)),
    "body": Request("/", "POST", body=b"\xff\x00"),
    "expect": Request("/", "POST", (("expect", "100-continue"),), b"text"),
    "OPTIONS": Request("/", "OPTIONS", (("origin", "https://app.example"),)),
}
# Headers that API Gateway adds, and headers between the client and the gateway only.
GATEWAY_HEADERS = {"x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"}
HOP_BY_HOP = {"connection", "expect"}


def comparable(answer: Answer) -> dict[str, Any]:
    """Return the scope without the query's spelling and without server-specific headers."""
    scope: dict[str, Any] = json.loads(answer.body)
    scope["query_string"] = parse_qsl(scope["query_string"], keep_blank_values=True)
    scope["headers"] = sorted(
        (name, value)
        for name, value in scope["headers"]
        if name not in GATEWAY_HEADERS | HOP_BY_HOP and (name, value) != ("content-length", "0")
    )
    return scope


@pytest.mark.parametrize("what", REQUESTS)
async def test_a_scope_is_the_same_as_under_uvicorn(
    lambdas: Mapping[str, Lambda], uvicorns: Mapping[str, Uvicorn], what: str
) -> None:
    expected = comparable(await uvicorns["scope"].ask(REQUESTS[what]))
    assert comparable(await lambdas["scope"].ask(REQUESTS[what])) == expected


async def test_the_application_receives_only_requests_and_a_lifespan(
    lambdas: Mapping[str, Lambda],
) -> None:
    upgrade = (("connection", "upgrade"), ("upgrade", "websocket"))
    answer = await lambdas["scope"].ask(Request("/", headers=upgrade))
    assert json.loads(answer.body)["kinds"] == ["http", "lifespan"]


async def test_response_headers_keep_their_bytes_and_none_is_added(
    lambdas: Mapping[str, Lambda],
) -> None:
    answer = await lambdas["scope"].ask(Request("/"))
    assert answer.headers == [("x-empty", ""), ("x-name", "caf\xc3\xa9 caf\xe9")]
