"""Protection against requests that other web pages make the browser send."""

import httpx2
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp

from local_stack.browser_guard import host_names, only_hosts, only_origins

ANSWER = PlainTextResponse("the stack")


def client(app: ASGIApp) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        base_url="http://127.0.0.1:8000", transport=httpx2.ASGITransport(app), trust_env=False
    )


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost:8000", "LOCALHOST:8000", "[::1]:8000", "chat.test", "chat.test:8443"],
)
async def test_loopback_names_and_configured_ones_are_answered(host: str) -> None:
    app = only_hosts(ANSWER, ["chat.test"])
    answer = await client(app).get("/", headers={"host": host})
    assert answer.text == "the stack"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example:8000",
        "evil.example@127.0.0.1",
        "[::1].evil.example",
        "192.168.1.7:8000",
        "",
    ],
)
async def test_a_host_that_resolves_to_the_stack_gets_421_with_a_message(host: str) -> None:
    app = only_hosts(ANSWER, ["chat.test"])
    answer = await client(app).get("/", headers={"host": host})
    assert answer.status_code == 421
    assert answer.json()["code"] == "misdirected"
    assert "AllowedOrigins" in answer.json()["message"]


@pytest.mark.parametrize("host", ["pr-1.chat.test", "pr-1.chat.test:8443", "PR-2.chat.test"])
async def test_a_host_that_matches_a_pattern_is_answered(host: str) -> None:
    app = only_hosts(ANSWER, ["*.chat.test"])
    assert (await client(app).get("/", headers={"host": host})).text == "the stack"


@pytest.mark.parametrize(
    "host", ["chat.test", ".chat.test", "a.b.chat.test", "pr-1.chat.test.evil.example", "pr-1.chat"]
)
async def test_a_host_that_only_resembles_a_pattern_is_refused(host: str) -> None:
    app = only_hosts(ANSWER, ["*.chat.test"])
    assert (await client(app).get("/", headers={"host": host})).status_code == 421


def test_hosts_of_origins_have_no_ports() -> None:
    origins = ["https://Chat.test:8443", "http://127.0.0.1:8000", "http://[::1]:3000", "http://["]
    assert host_names(origins) == {"chat.test", "127.0.0.1", "::1"}
    assert host_names(["https://*.chat.test:8443"]) == {"*.chat.test"}


async def test_the_address_that_a_request_arrived_at_is_answered() -> None:
    transport = httpx2.ASGITransport(only_hosts(ANSWER))
    async with httpx2.AsyncClient(transport=transport) as bridge:
        assert (await bridge.get("http://172.17.0.1:8100/")).text == "the stack"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"},
        {"origin": "https://chat.test", "sec-fetch-site": "cross-site"},
        {"origin": "https://pr-1.preview.test", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "same-origin"},
    ],
)
async def test_the_stacks_page_allowed_pages_and_programs_are_answered(
    headers: dict[str, str],
) -> None:
    app = only_origins(ANSWER, ["https://chat.test", "https://*.preview.test"])
    assert (await client(app).post("/", headers=headers)).text == "the stack"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://127.0.0.1:3000"},
        {"origin": "http://chat.test"},
        {"origin": "https://preview.test"},
        {"origin": "https://a.b.preview.test"},
        {"origin": "https://pr-1.preview.test.evil.example"},
        {"origin": "http://pr-1.preview.test"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_any_other_page_gets_403_with_a_message(headers: dict[str, str]) -> None:
    app = only_origins(ANSWER, ["https://chat.test", "https://*.preview.test"])
    answer = await client(app).post("/", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden"
    assert "AllowedOrigins" in answer.json()["message"]
