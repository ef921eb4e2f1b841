"""The example application on Sanic."""

from hashlib import sha256
from types import SimpleNamespace

from sanic import Request, Sanic
from sanic.config import Config
from sanic.response import HTTPResponse, text

from tests.unit.lambda_stream.breakpoints import gate

app: Sanic[Config, SimpleNamespace] = Sanic("example", configure_logging=False)


@app.get("/plain")
async def plain(request: Request) -> HTTPResponse:
    return text(",".join(request.args.getlist("q")))


@app.get("/items/<name:str>", unquote=True)
async def item(request: Request, name: str) -> HTTPResponse:
    return text(name)


@app.get("/tags")
async def tags(request: Request) -> HTTPResponse:
    return text("|".join(request.headers.getall("x-tag")))


@app.get("/stream")
async def stream(request: Request) -> None:
    response = await request.respond(content_type="text/plain")
    await response.send("one;")
    await gate(request.args["wait"][0])
    await response.send("two;")
    await response.eof()


@app.post("/upload")
async def upload(request: Request) -> HTTPResponse:
    return text(sha256(request.body).hexdigest())


@app.get("/cookies")
async def cookies(request: Request) -> HTTPResponse:
    response = text("two")
    response.add_cookie("a", "1", secure=False)
    response.add_cookie("b", "2", httponly=True, secure=False)
    return response


@app.get("/background")
async def background(request: Request) -> HTTPResponse:
    request.app.add_task(gate(request.args["wait"][0]))
    return text("done")


@app.get("/broken")
async def broken(request: Request) -> HTTPResponse:
    raise LookupError("broken")


@app.get("/broken-stream")
async def broken_stream(request: Request) -> None:
    response = await request.respond(content_type="text/plain")
    await response.send("one;")
    raise LookupError("broken")
