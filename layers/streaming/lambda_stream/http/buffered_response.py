"""A response in one piece, for `sam local`, which cannot read a streamed prelude.

SAM sets AWS_SAM_LOCAL=true; nothing else selects this.
"""

import asyncio
import base64
import json

from lambda_stream.error_report import ErrorReport
from lambda_stream.http.prelude import Headers, header_fields, values_by_name
from lambda_stream.runtime_api import Invocation, RuntimeApi

# What Lambda takes as a response in one piece; a streamed one may be far larger.
LARGEST = 6_291_556


class BufferedResponse:
    """Keeps all until the end, so every error is one before the first byte."""

    def __init__(self, api: RuntimeApi, invocation: Invocation) -> None:
        self._api = api
        self._invocation = invocation
        self._status = 0
        self._headers: dict[str, list[str]] = {}
        self._body = bytearray()
        self._ended = False
        # Its connection is opened only at the end.
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def start(self, status: int, headers: Headers) -> None:
        self._status = status
        self._headers = values_by_name(headers)

    def write(self, data: bytes) -> None:
        self._body += data

    def end(self) -> None:
        self._ended = True

    async def drain(self) -> None:
        """Nothing has been sent."""

    async def fail(self, report: ErrorReport) -> None:
        await self._api.post_error(self._invocation, report)

    async def settle(self) -> None:
        ended, self._ended = self._ended, False
        if ended:
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
    """In the words that Lambda has for it, with the reason why it happens only here."""
    return ErrorReport(
        "Function.ResponseSizeTooLarge",
        f"The response takes {size} bytes; in one piece, as AWS_SAM_LOCAL asks for it, {LARGEST}"
        " are the most. Where the response streams it may be far larger.",
    )
