"""The example application on Flask, which a2wsgi adapts to ASGI."""

from collections.abc import Iterator
from hashlib import sha256
from typing import cast

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi_typing import WSGIApp
from flask import Flask, Response, request

from tests.unit.lambda_stream.breakpoints import blocking_gate

flask = Flask(__name__)


def text(content: str | Iterator[str]) -> Response:
    return Response(content, content_type="text/plain")


@flask.get("/plain")
def plain() -> Response:
    return text(",".join(request.args.getlist("q")))


@flask.get("/items/<name>")
def item(name: str) -> Response:
    return text(name)


@flask.get("/tags")
def tags() -> Response:
    return text(request.headers["x-tag"])


@flask.get("/stream")
def stream() -> Response:
    wait = request.args["wait"]

    def words() -> Iterator[str]:
        yield "one;"
        blocking_gate(wait)
        yield "two;"

    return text(words())


@flask.post("/upload")
def upload() -> Response:
    return text(sha256(request.get_data()).hexdigest())


@flask.get("/cookies")
def cookies() -> Response:
    response = text("two")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2", httponly=True)
    return response


@flask.get("/background")
def background() -> Response:
    wait = request.args["wait"]
    response = text("done")
    response.call_on_close(lambda: blocking_gate(wait))
    return response


@flask.get("/broken")
def broken() -> Response:
    raise LookupError("broken")


@flask.get("/broken-stream")
def broken_stream() -> Response:
    def words() -> Iterator[str]:
        yield "one;"
        raise LookupError("broken")

    return text(words())


app = WSGIMiddleware(cast(WSGIApp, flask.wsgi_app))
