"""The REST proxy event that the gateway makes of a request."""

import base64
import json
from typing import Any

import pytest
from mangum.handlers import APIGateway

from local_stack.gateway.events import HttpRequest, Receipt, proxy_event
from local_stack.gateway.routing import Match
from local_stack.template import Route

RECEIPT = Receipt(request_id="6f1c0000-0000-4000-8000-000000000000", received_at=1_795_240_270.25)


def request(**changes: Any) -> HttpRequest:
    values: dict[str, Any] = {
        "method": "POST",
        "path": "/files/a%20b",
        "query": "",
        "headers": (("host", "127.0.0.1:8000"), ("content-type", "text/plain")),
        "body": b"",
        "client": "127.0.0.1",
        "port": 8000,
    }
    return HttpRequest(**values | changes)


def event(**changes: Any) -> dict[str, Any]:
    route = Route("/files/{id}", "ANY", "F", streaming=False, timeout=29)
    match = Match(route, {"id": "a b"})
    content = json.loads(proxy_event(request(**changes), match, RECEIPT, "v1"))
    assert isinstance(content, dict)
    return content


def test_the_resource_is_the_routes_path_and_the_path_stays_encoded() -> None:
    made = event()
    assert (made["resource"], made["path"]) == ("/files/{id}", "/files/a%20b")
    assert made["pathParameters"] == {"id": "a b"}
    assert made["httpMethod"] == "POST"


def test_header_names_are_capitalized_and_the_last_value_counts() -> None:
    made = event(headers=(("x-many", "1"), ("x-many", "2")))
    assert made["headers"]["X-Many"] == "2"
    assert made["multiValueHeaders"]["X-Many"] == ["1", "2"]


def test_hop_by_hop_headers_are_left_out() -> None:
    made = event(headers=(("connection", "keep-alive"), ("transfer-encoding", "chunked")))
    assert not {"Connection", "Transfer-Encoding"} & made["headers"].keys()


def test_the_gateway_adds_forwarding_headers() -> None:
    headers = event()["headers"]
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Port"] == "8000"
    assert headers["X-Amzn-Trace-Id"].startswith("Root=1-6b01314e-")


def test_query_parameters_are_decoded() -> None:
    made = event(query="a=1&a=2&b=%C3%A4&c=")
    assert made["queryStringParameters"] == {"a": "2", "b": "ä", "c": ""}
    assert made["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": ["ä"], "c": [""]}


def test_missing_parts_are_null() -> None:
    made = event()
    assert made["queryStringParameters"] is made["multiValueQueryStringParameters"] is None
    assert made["body"] is None
    assert made["stageVariables"] is None


def test_a_text_body_stays_text() -> None:
    made = event(body="grüße".encode())
    assert (made["body"], made["isBase64Encoded"]) == ("grüße", False)


def test_a_binary_body_is_base64() -> None:
    made = event(body=b"\xff\x00")
    assert (made["body"], made["isBase64Encoded"]) == (base64.b64encode(b"\xff\x00").decode(), True)


def test_the_context_names_the_request() -> None:
    context = event(headers=(("host", "app.example"), ("user-agent", "me")))["requestContext"]
    assert context["requestId"] == RECEIPT.request_id
    assert context["stage"] == "v1"
    assert context["domainName"] == "app.example"
    assert context["requestTimeEpoch"] == 1_795_240_270_250
    assert context["requestTime"] == "21/Nov/2026:05:51:10 +0000"
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert context["identity"]["userAgent"] == "me"


@pytest.mark.parametrize("body", [b"{}", b"\xff\x00", b""])
def test_mangum_reads_the_request_back(body: bytes) -> None:
    context: Any = None
    config: Any = {"api_gateway_base_path": "/"}
    read = APIGateway(event(body=body, query="a=1&a=2"), context, config)
    assert read.body == body
    assert read.scope["path"] == "/files/a b"
    assert read.scope["query_string"] == b"a=1&a=2"
    assert [b"content-type", b"text/plain"] in [list(each) for each in read.scope["headers"]]
