"""The example application on Django."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from tests.unit.lambda_stream.breakpoints import gate

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, LOGGING_CONFIG=None)
django.setup()
TASKS: set[asyncio.Task[None]] = set()


def text(content: str) -> HttpResponse:
    return HttpResponse(content, content_type="text/plain")


def plain(request: HttpRequest) -> HttpResponse:
    return text(",".join(request.GET.getlist("q")))


async def item(request: HttpRequest, name: str) -> HttpResponse:
    return text(name)


async def tags(request: HttpRequest) -> HttpResponse:
    return text(request.headers["x-tag"])


async def stream(request: HttpRequest) -> StreamingHttpResponse:
    async def words() -> AsyncIterator[str]:
        yield "one;"
        await gate(request.GET["wait"])
        yield "two;"

    return StreamingHttpResponse(words(), content_type="text/plain")


def upload(request: HttpRequest) -> HttpResponse:
    return text(sha256(request.body).hexdigest())


async def cookies(request: HttpRequest) -> HttpResponse:
    response = text("two")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2", httponly=True)
    return response


async def background(request: HttpRequest) -> HttpResponse:
    task = asyncio.create_task(gate(request.GET["wait"]))
    TASKS.add(task)
    task.add_done_callback(TASKS.discard)
    return text("done")


async def broken(request: HttpRequest) -> HttpResponse:
    raise LookupError("broken")


async def broken_stream(request: HttpRequest) -> StreamingHttpResponse:
    async def words() -> AsyncIterator[str]:
        yield "one;"
        raise LookupError("broken")

    return StreamingHttpResponse(words(), content_type="text/plain")


urlpatterns = [
    path("plain", plain),
    path("items/<name>", item),
    path("tags", tags),
    path("stream", stream),
    path("upload", upload),
    path("cookies", cookies),
    path("background", background),
    path("broken", broken),
    path("broken-stream", broken_stream),
]
app = get_asgi_application()
