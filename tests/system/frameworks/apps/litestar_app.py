"""The example application on Litestar."""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

from litestar import Litestar, Request, Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.datastructures import Cookie
from litestar.response import Stream

from tests.unit.lambda_stream.breakpoints import gate

type AnyRequest = Request[Any, Any, Any]
TEXT = "text/plain"


@get("/plain", media_type=TEXT)
async def plain(q: list[str]) -> str:
    return ",".join(q)


@get("/items/{name:str}", media_type=TEXT)
async def item(name: str) -> str:
    return name


@get("/tags", media_type=TEXT)
async def tags(request: AnyRequest) -> str:
    return "|".join(request.headers.getall("x-tag"))


@get("/stream")
async def stream(wait: str) -> Stream:
    async def words() -> AsyncIterator[str]:
        yield "one;"
        await gate(wait)
        yield "two;"

    return Stream(words(), media_type=TEXT)


@post("/upload", media_type=TEXT, status_code=200)
async def upload(request: AnyRequest) -> str:
    return sha256(await request.body()).hexdigest()


@get("/cookies")
async def cookies() -> Response[str]:
    both = [Cookie("a", value="1"), Cookie("b", value="2", httponly=True)]
    return Response("two", media_type=TEXT, cookies=both)


@get("/background")
async def background(wait: str) -> Response[str]:
    return Response("done", media_type=TEXT, background=BackgroundTask(gate, wait))


@get("/broken")
async def broken() -> None:
    raise LookupError("broken")


@get("/broken-stream")
async def broken_stream() -> Stream:
    async def words() -> AsyncIterator[str]:
        yield "one;"
        raise LookupError("broken")

    return Stream(words(), media_type=TEXT)


app = Litestar(
    [plain, item, tags, stream, upload, cookies, background, broken, broken_stream],
    openapi_config=None,
)
