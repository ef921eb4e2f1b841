"""Read timeouts without waiting: the proxy signals that no response will arrive."""

from __future__ import annotations

import socket
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

# A status that no service answers with.
SILENCE = 599


class Sender:
    """Sends a client's requests as boto3 does, and turns the status SILENCE into a read timeout.

    It raises the error that boto3 raises for a read timeout. Register it for `before-send`.
    """

    def __init__(self) -> None:
        # Like boto3's own connections: Nagle's algorithm would delay each body by 40 ms.
        # Any, because botocore's stubs declare them as strings.
        no_delay: Any = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
        self._session = URLLib3Session(timeout=60, max_pool_connections=32, socket_options=no_delay)

    def close(self) -> None:
        self._session.close()

    # Any, because botocore's stubs declare that a handler returns nothing.
    def __call__(self, request: AWSPreparedRequest, **_: Any) -> Any:
        answer = self._session.send(request)
        if answer.status_code == SILENCE:
            # A streamed response would leave its connection open.
            answer.raw.close()
            raise ReadTimeoutError(endpoint_url=request.url)
        return answer
