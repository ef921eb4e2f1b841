"""The REST proxy event that API Gateway creates from an HTTP request to a function.

Source: Amazon API Gateway Developer Guide, "Input format of a Lambda function for proxy
integration".
"""

import base64
import json
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from local_stack.gateway.routing import Match
from local_stack.template.names import ACCOUNT

API_ID = "local"

# Headers that concern only the client and the gateway. An event never has them.
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "expect",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


@dataclass(frozen=True)
class HttpRequest:
    """A request as received; `path` and `query` are still percent-encoded."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    client: str
    port: int

    def header(self, name: str) -> str | None:
        """Return the last value of a header, whose name may have any case."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return values[-1] if values else None


@dataclass(frozen=True)
class Receipt:
    """The ids that the gateway gives to a request, and when it arrived in epoch seconds."""

    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    extended_id: str = field(
        default_factory=lambda: base64.urlsafe_b64encode(uuid.uuid4().bytes[:11]).decode()
    )
    received_at: float = field(default_factory=time.time)

    @property
    def trace_id(self) -> str:
        return f"Root=1-{int(self.received_at):08x}-{self.request_id.replace('-', '')[:24]}"


def proxy_event(request: HttpRequest, match: Match, receipt: Receipt, stage: str) -> bytes:
    """Return the event as the JSON that the function receives."""
    headers = _grouped(_event_headers(request, receipt))
    query = _grouped(parse_qsl(request.query, keep_blank_values=True))
    body, is_base64 = _body(request.body)
    event = {
        "resource": match.route.path,
        "path": request.path,
        "httpMethod": request.method,
        "headers": _last(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": _last(query) or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": dict(match.path_parameters) or None,
        "stageVariables": None,
        "requestContext": _context(request, match, receipt, stage),
        "body": body,
        "isBase64Encoded": is_base64,
    }
    return json.dumps(event).encode()


def _event_headers(request: HttpRequest, receipt: Receipt) -> list[tuple[str, str]]:
    """Return the event's headers, named Like-This as most clients send them.

    uvicorn has changed the names to lower case.
    """
    sent = [
        (name.title(), value) for name, value in request.headers if name.lower() not in _HOP_BY_HOP
    ]
    return [
        *sent,
        ("X-Amzn-Trace-Id", receipt.trace_id),
        ("X-Forwarded-For", request.client),
        ("X-Forwarded-Port", str(request.port)),
        ("X-Forwarded-Proto", "http"),
    ]


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    return groups


def _last(groups: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in groups.items()}


def _body(body: bytes) -> tuple[str | None, bool]:
    if not body:
        return None, False
    try:
        return body.decode("utf-8"), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True


def _context(request: HttpRequest, match: Match, receipt: Receipt, stage: str) -> dict[str, Any]:
    """Return the request context behind a custom domain, where the path has no stage name."""
    host = request.header("host") or f"127.0.0.1:{request.port}"
    received = datetime.fromtimestamp(receipt.received_at, UTC)
    return {
        "resourceId": "local",
        "resourcePath": match.route.path,
        "httpMethod": request.method,
        "extendedRequestId": receipt.extended_id,
        "requestTime": received.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "path": request.path,
        "accountId": ACCOUNT,
        "protocol": "HTTP/1.1",
        "stage": stage,
        "domainPrefix": host.split(".", 1)[0].split(":", 1)[0],
        "requestTimeEpoch": int(receipt.received_at * 1000),
        "requestId": receipt.request_id,
        "identity": {
            "cognitoIdentityPoolId": None,
            "accountId": None,
            "cognitoIdentityId": None,
            "caller": None,
            "sourceIp": request.client,
            "principalOrgId": None,
            "accessKey": None,
            "cognitoAuthenticationType": None,
            "cognitoAuthenticationProvider": None,
            "userArn": None,
            "userAgent": request.header("user-agent"),
            "user": None,
        },
        "domainName": host,
        "deploymentId": "local",
        "apiId": API_ID,
    }
