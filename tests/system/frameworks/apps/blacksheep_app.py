"""The example application on BlackSheep."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256

from blacksheep import Application, Cookie, Request, Response, get, post, text
from blacksheep.contents import StreamedContent

from tests.unit.lambda_stream.breakpoints import gate

app = Application()
TASKS: set[asyncio.Task[None]] = set()


def argument(request: Request, name: str) -> str:
    return request.query[name][0]


@get("/plain")
async def plain(request: Request) -> Response:
    return text(",".join(request.query["q"]))


@get("/items/{name}")
async def item(name: str) -> Response:
    return text(name)


@get("/tags")
async def tags(request: Request) -> Response:
    return text("|".join(value.decode() for value in request.headers[b"x-tag"]))


@get("/stream")
async def stream(request: Request) -> Response:
    async def words() -> AsyncIterator[bytes]:
        yield b"one;"
        await gate(argument(request, "wait"))
        yield b"two;"

    return Response(200, content=StreamedContent(b"text/plain", words))


@post("/upload")
async def upload(request: Request) -> Response:
    return text(sha256(await request.read() or b"").hexdigest())


@get("/cookies")
async def cookies() -> Response:
    response = text("two")
    response.set_cookie(Cookie("a", "1"))
    response.set_cookie(Cookie("b", "2", http_only=True))
    return response


@get("/background")
async def background(request: Request) -> Response:
    task = asyncio.create_task(gate(argument(request, "wait")))
    TASKS.add(task)
    task.add_done_callback(TASKS.discard)
    return text("done")


@get("/broken")
async def broken() -> Response:
    raise LookupError("broken")


@get("/broken-stream")
async def broken_stream() -> Response:
    async def words() -> AsyncIterator[bytes]:
        yield b"one;"
        raise LookupError("broken")

    return Response(200, content=StreamedContent(b"text/plain", words))
