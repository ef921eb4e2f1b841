"""A response in one piece, for `sam local`, which cannot read a streamed prelude.

It is used only when AWS_SAM_LOCAL=true, which SAM sets.
"""

import asyncio
import base64
import json

from lambda_stream.error_report import ErrorReport
from lambda_stream.http.prelude import Headers, header_fields, values_by_name
from lambda_stream.runtime_api import Invocation, RuntimeApi

# Lambda's limit for a buffered response, in bytes. A streamed one may be far larger.
LARGEST = 6_291_556


class BufferedResponse:
    """Holds the whole response until its end, so that an error can replace it."""

    def __init__(self, api: RuntimeApi, invocation: Invocation) -> None:
        self._api = api
        self._invocation = invocation
        self._status = 0
        self._headers: dict[str, list[str]] = {}
        self._body = bytearray()
        self._ended = False
        # This future is never done, because the connection is opened only at the end.
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def start(self, status: int, headers: Headers) -> None:
        self._status = status
        self._headers = values_by_name(headers)

    def write(self, data: bytes) -> None:
        self._body += data

    def end(self) -> None:
        self._ended = True

    async def drain(self) -> None:
        """Return immediately, because nothing has been sent."""

    async def fail(self, report: ErrorReport) -> None:
        await self._api.post_error(self._invocation, report)

    async def settle(self) -> None:
        if self._ended:
            self._ended = False
            body = self._as_json()
            if len(body) > LARGEST:
                await self.fail(_too_large(len(body)))
            else:
                await self._api.post_response(self._invocation, body)

    def _as_json(self) -> bytes:
        try:
            body, encoded = self._body.decode(), False
        except UnicodeDecodeError:
            body, encoded = base64.b64encode(self._body).decode(), True
        fields = header_fields(self._headers)
        content = {"statusCode": self._status, **fields, "body": body, "isBase64Encoded": encoded}
        return json.dumps(content).encode()


def _too_large(size: int) -> ErrorReport:
    """Return Lambda's own error for a large response, with a message that names the cause."""
    return ErrorReport(
        "Function.ResponseSizeTooLarge",
        f"The response has {size} bytes. With AWS_SAM_LOCAL it is sent in one piece of at most"
        f" {LARGEST} bytes. A streamed response may be far larger.",
    )
