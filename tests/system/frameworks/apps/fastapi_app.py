"""The example application on FastAPI."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Annotated

from fastapi import BackgroundTasks, FastAPI, Header, Query, Request
from fastapi.responses import PlainTextResponse, StreamingResponse

from tests.unit.lambda_stream.breakpoints import gate


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, str]]:
    yield {"made": "at startup"}


app = FastAPI(lifespan=lifespan)


@app.get("/state", response_class=PlainTextResponse)
async def state(request: Request) -> str:
    return str(request.state.made)


@app.get("/plain", response_class=PlainTextResponse)
async def plain(q: Annotated[list[str], Query()]) -> str:
    return ",".join(q)


@app.get("/items/{name}", response_class=PlainTextResponse)
def item(name: str) -> str:
    return name


@app.get("/tags", response_class=PlainTextResponse)
async def tags(x_tag: Annotated[list[str], Header()]) -> str:
    return "|".join(x_tag)


@app.get("/stream")
async def stream(wait: str) -> StreamingResponse:
    async def words() -> AsyncIterator[str]:
        yield "one;"
        await gate(wait)
        yield "two;"

    return StreamingResponse(words(), media_type="text/plain")


@app.post("/upload", response_class=PlainTextResponse)
async def upload(request: Request) -> str:
    return sha256(await request.body()).hexdigest()


@app.get("/cookies")
async def cookies() -> PlainTextResponse:
    response = PlainTextResponse("two")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2", httponly=True)
    return response


@app.get("/background", response_class=PlainTextResponse)
async def background(wait: str, tasks: BackgroundTasks) -> str:
    tasks.add_task(gate, wait)
    return "done"


@app.get("/broken")
async def broken() -> None:
    raise LookupError("broken")


@app.get("/broken-stream")
async def broken_stream() -> StreamingResponse:
    async def words() -> AsyncIterator[str]:
        yield "one;"
        raise LookupError("broken")

    return StreamingResponse(words(), media_type="text/plain")
