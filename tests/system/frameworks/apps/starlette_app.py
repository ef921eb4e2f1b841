"""The example application on Starlette."""

from collections.abc import AsyncIterator
from hashlib import sha256

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from tests.unit.lambda_stream.breakpoints import gate


async def plain(request: Request) -> PlainTextResponse:
    return PlainTextResponse(",".join(request.query_params.getlist("q")))


async def item(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.path_params["name"])


async def tags(request: Request) -> PlainTextResponse:
    return PlainTextResponse("|".join(request.headers.getlist("x-tag")))


async def stream(request: Request) -> StreamingResponse:
    async def words() -> AsyncIterator[str]:
        yield "one;"
        await gate(request.query_params["wait"])
        yield "two;"

    return StreamingResponse(words(), media_type="text/plain")


async def upload(request: Request) -> PlainTextResponse:
    digest = sha256()
    async for part in request.stream():
        digest.update(part)
    return PlainTextResponse(digest.hexdigest())


async def cookies(request: Request) -> PlainTextResponse:
    response = PlainTextResponse("two")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2", httponly=True)
    return response


async def background(request: Request) -> PlainTextResponse:
    task = BackgroundTask(gate, request.query_params["wait"])
    return PlainTextResponse("done", background=task)


async def broken(request: Request) -> PlainTextResponse:
    raise LookupError("broken")


async def broken_stream(request: Request) -> StreamingResponse:
    async def words() -> AsyncIterator[str]:
        yield "one;"
        raise LookupError("broken")

    return StreamingResponse(words(), media_type="text/plain")


app = Starlette(
    routes=[
        Route("/plain", plain),
        Route("/items/{name}", item),
        Route("/tags", tags),
        Route("/stream", stream),
        Route("/upload", upload, methods=["POST"]),
        Route("/cookies", cookies),
        Route("/background", background),
        Route("/broken", broken),
        Route("/broken-stream", broken_stream),
    ]
)
