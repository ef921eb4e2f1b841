"""The example application on Quart."""

from collections.abc import AsyncIterator
from hashlib import sha256

from quart import Quart, Response, current_app, request

from tests.unit.lambda_stream.breakpoints import gate

app = Quart(__name__)


def text(content: str | AsyncIterator[str]) -> Response:
    return Response(content, content_type="text/plain")


@app.get("/plain")
async def plain() -> Response:
    return text(",".join(request.args.getlist("q")))


@app.get("/items/<name>")
async def item(name: str) -> Response:
    return text(name)


@app.get("/tags")
async def tags() -> Response:
    return text("|".join(request.headers.getlist("x-tag")))


@app.get("/stream")
async def stream() -> Response:
    wait = request.args["wait"]

    async def words() -> AsyncIterator[str]:
        yield "one;"
        await gate(wait)
        yield "two;"

    return text(words())


@app.post("/upload")
async def upload() -> Response:
    return text(sha256(await request.body).hexdigest())


@app.get("/cookies")
async def cookies() -> Response:
    response = text("two")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2", httponly=True)
    return response


@app.get("/background")
async def background() -> Response:
    current_app.add_background_task(gate, request.args["wait"])
    return text("done")


@app.get("/broken")
async def broken() -> Response:
    raise LookupError("broken")


@app.get("/broken-stream")
async def broken_stream() -> Response:
    async def words() -> AsyncIterator[str]:
        yield "one;"
        raise LookupError("broken")

    return text(words())
