"""The page's files are served in front of the gateway."""

from pathlib import Path

import httpx2
import pytest
from starlette.responses import PlainTextResponse

from local_stack.page import with_page


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    web = tmp_path / "web"
    (web / "parts").mkdir(parents=True)
    (web / "index.html").write_text("<p>the page</p>")
    (web / "chat.js").write_text("chat()")
    (web / "parts" / "part.css").write_text("p {}")
    (web / "jsconfig.json").write_text("{}")
    (tmp_path / "secret.js").write_text("secret")
    return web


@pytest.fixture
def client(folder: Path) -> httpx2.AsyncClient:
    app = with_page(folder, PlainTextResponse("the gateway"))
    return httpx2.AsyncClient(base_url="http://local", transport=httpx2.ASGITransport(app))


@pytest.mark.parametrize(
    ("path", "text", "kind"),
    [
        ("/", "<p>the page</p>", "text/html; charset=utf-8"),
        ("/index.html", "<p>the page</p>", "text/html; charset=utf-8"),
        ("/chat.js", "chat()", "text/javascript; charset=utf-8"),
        ("/parts/part.css", "p {}", "text/css; charset=utf-8"),
    ],
)
async def test_a_file_is_served_with_its_type(
    client: httpx2.AsyncClient, path: str, text: str, kind: str
) -> None:
    answer = await client.get(path)
    assert (answer.text, answer.headers["content-type"]) == (text, kind)
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_next_request_sees_an_edited_file(
    client: httpx2.AsyncClient, folder: Path
) -> None:
    await client.get("/chat.js")
    (folder / "chat.js").write_text("other()")
    assert (await client.get("/chat.js")).text == "other()"


async def test_the_page_may_use_the_bucket_for_uploads_and_images(
    client: httpx2.AsyncClient,
) -> None:
    policy = (await client.get("/")).headers["content-security-policy"].split("; ")
    allowed = [each.split()[0] for each in policy if "http://127.0.0.1:*" in each]
    assert allowed == ["img-src", "connect-src"]


async def test_the_page_may_load_only_its_own_and_the_vendors_files_and_nothing_inline(
    client: httpx2.AsyncClient,
) -> None:
    policy = (await client.get("/")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self' https://cdn.platform.openai.com;" in policy
    assert "unsafe" not in policy


async def test_a_head_request_gets_only_headers(client: httpx2.AsyncClient) -> None:
    answer = await client.head("/")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.js",
        "/%2e%2e/secret.js",
        "/parts/../../secret.js",
        "/parts%2f..%2f..%2fsecret.js",
        "/jsconfig.json",
        "/parts",
        "/chatkit",
    ],
)
async def test_everything_else_goes_to_the_gateway(client: httpx2.AsyncClient, path: str) -> None:
    assert (await client.get(path)).text == "the gateway"


async def test_a_post_goes_to_the_gateway(client: httpx2.AsyncClient) -> None:
    assert (await client.post("/")).text == "the gateway"


async def test_without_a_page_everything_goes_to_the_gateway(tmp_path: Path) -> None:
    app = with_page(tmp_path / "nothing", PlainTextResponse("the gateway"))
    client = httpx2.AsyncClient(base_url="http://local", transport=httpx2.ASGITransport(app))
    assert (await client.get("/")).text == "the gateway"
