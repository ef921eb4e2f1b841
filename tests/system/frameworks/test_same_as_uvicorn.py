"""Clients of each framework see the same answers as under uvicorn."""

from collections.abc import Mapping
from hashlib import sha256

import pytest

from tests.system.frameworks.clients import Lambda, Request, Uvicorn
from tests.system.frameworks.conftest import FRAMEWORKS

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.deep]

BINARY = bytes(range(256)) * 1000
TAGS = (("X-TAG", "one"), ("x-Tag", "two"), ("x-empty", ""))
UPLOAD = (("content-type", "application/octet-stream"),)
REQUESTS = {
    "query": Request("/plain?q=1&q=a%26b%3D%C3%BC&flag="),
    "UTF-8 in the path": Request("/items/gr%C3%BC%C3%9Fe%20x"),
    "slash in the path": Request("/items/a%2Fb"),
    "repeated header": Request("/tags", headers=TAGS),
    "unknown path": Request("/nothing"),
    "large header": Request("/plain?q=1", headers=(("x-large", "x" * 8000),)),
    "binary upload": Request("/upload", "POST", UPLOAD, BINARY),
    "text upload": Request("/upload", "POST", UPLOAD, "grüße".encode()),
    "empty upload": Request("/upload", "POST", UPLOAD),
    "upload that expects": Request("/upload", "POST", (*UPLOAD, ("expect", "100-continue")), b"a"),
    "cookies": Request("/cookies", headers=(("cookie", "a=0; c=3"),)),
    "HEAD": Request("/plain?q=1", "HEAD"),
    "OPTIONS": Request("/plain?q=1", "OPTIONS"),
    "wrong method": Request("/upload", "DELETE"),
    "error before the first byte": Request("/broken"),
    "error after the first byte": Request("/broken-stream"),
}


@pytest.mark.parametrize("what", REQUESTS)
@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_an_answer_is_the_same_as_under_uvicorn(
    lambdas: Mapping[str, Lambda], uvicorns: Mapping[str, Uvicorn], framework: str, what: str
) -> None:
    expected = await uvicorns[framework].ask(REQUESTS[what])
    assert await lambdas[framework].ask(REQUESTS[what]) == expected


@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_a_plain_answer_is_the_text_of_the_application(
    lambdas: Mapping[str, Lambda], framework: str
) -> None:
    answer = await lambdas[framework].ask(REQUESTS["query"])
    assert (answer.status, answer.body, answer.whole) == (200, "1,a&b=ü".encode(), True)


@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_a_binary_upload_arrives_whole(lambdas: Mapping[str, Lambda], framework: str) -> None:
    answer = await lambdas[framework].ask(REQUESTS["binary upload"])
    assert (answer.status, answer.body) == (200, sha256(BINARY).hexdigest().encode())


@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_each_cookie_has_its_own_header(
    lambdas: Mapping[str, Lambda], framework: str
) -> None:
    answer = await lambdas[framework].ask(REQUESTS["cookies"])
    cookies = [value.partition(";")[0] for name, value in answer.headers if name == "set-cookie"]
    assert cookies == ["a=1", "b=2"]


@pytest.mark.parametrize("framework", FRAMEWORKS)
async def test_an_error_before_the_first_byte_is_a_500_and_after_it_an_incomplete_answer(
    lambdas: Mapping[str, Lambda], framework: str
) -> None:
    before = await lambdas[framework].ask(REQUESTS["error before the first byte"])
    assert (before.status, before.whole) == (500, True)
    after = await lambdas[framework].ask(REQUESTS["error after the first byte"])
    assert (after.status, after.body, after.whole) == (200, b"one;", False)


async def test_a_request_has_the_state_of_fastapis_lifespan(lambdas: Mapping[str, Lambda]) -> None:
    assert (await lambdas["fastapi"].ask(Request("/state"))).body == b"at startup"
