"""How a client learns of silence without the wait: the proxy says that nothing will come."""

from __future__ import annotations

import socket
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

# A status that no service answers with.
SILENCE = 599


class Sending:
    """Sends the requests of a client as boto3 does, but for an answer that stands for silence.

    That one raises what boto3 raises when its read timeout is over. To be registered for
    `before-send`.
    """

    def __init__(self) -> None:
        # As boto3's own connections: Nagle's algorithm would hold each body back for 40 ms.
        # Any: botocore's stubs take them for texts.
        at_once: Any = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
        self._session = URLLib3Session(timeout=60, max_pool_connections=32, socket_options=at_once)

    def close(self) -> None:
        self._session.close()

    # What botocore's stubs have return nothing may return the answer.
    def __call__(self, request: AWSPreparedRequest, **_: Any) -> Any:
        answer = self._session.send(request)
        if answer.status_code == SILENCE:
            # What streams would leave its connection open.
            answer.raw.close()
            raise ReadTimeoutError(endpoint_url=request.url)
        return answer
