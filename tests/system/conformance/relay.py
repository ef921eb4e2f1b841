"""A proxy that adds a token to the requests of a client that cannot send one."""

from collections.abc import Mapping

import httpx2
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

CONNECTION_HEADERS = {"connection", "content-length", "keep-alive", "transfer-encoding"}


class Relay:
    def __init__(self, client: httpx2.AsyncClient, token: str) -> None:
        self._client = client
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer = await self._client.request(
            request.method,
            request.url.path,
            headers={"authorization": f"Bearer {self._token}", **_forwarded(request.headers)},
            content=await request.body(),
        )
        headers = _forwarded(answer.headers)
        await Response(answer.content, answer.status_code, headers)(scope, receive, send)


def _forwarded(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in CONNECTION_HEADERS}
