"""HTTP requests become Lambda invocations, and their results become responses."""

import base64
import io
import json
from typing import Any

import httpx2
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from chat_api.tools.lambda_transport import ATTEMPTS, LambdaTransport


class Lambda:
    """Lambda's Invoke API with one response."""

    def __init__(self, answer: Any, **more: str) -> None:
        self.answer, self.more = answer, more
        self.payloads: list[dict[str, Any]] = []

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        if isinstance(self.answer, Exception):
            raise self.answer
        self.payloads.append({"function": FunctionName, **json.loads(Payload)})
        return {"Payload": io.BytesIO(json.dumps(self.answer).encode()), **self.more}


async def post(aws: Any, **headers: str) -> httpx2.Response:
    transport = LambdaTransport(lambda: aws, "McpFunction")
    async with httpx2.AsyncClient(transport=transport) as client:
        return await client.post(
            "http://mcp.internal/mcp",
            json={"é": 1},
            headers={"Authorization": "Bearer t", **headers},
        )


async def test_request_becomes_an_api_gateway_event() -> None:
    aws = Lambda({"statusCode": 200, "body": "{}"})
    await post(aws)
    [event] = aws.payloads
    assert event["function"] == "McpFunction"
    assert (event["httpMethod"], event["path"], event["resource"]) == ("POST", "/mcp", "/mcp")
    assert json.loads(event["body"]) == {"é": 1}
    assert event["headers"]["authorization"] == "Bearer t"
    assert event["multiValueHeaders"]["authorization"] == ["Bearer t"]
    assert "authorizer" not in event["requestContext"]


async def test_response_keeps_status_headers_and_body() -> None:
    answer = {
        "statusCode": 418,
        "headers": {"content-type": "text/plain"},
        "multiValueHeaders": {"set-cookie": ["a=1", "b=2"]},
        "body": "é",
    }
    response = await post(Lambda(answer))
    assert (response.status_code, response.text) == (418, "é")
    assert response.headers["content-type"] == "text/plain"
    assert response.headers.get_list("set-cookie") == ["a=1", "b=2"]


async def test_binary_response_is_decoded() -> None:
    body = base64.b64encode(b"\xff\x00").decode()
    response = await post(Lambda({"statusCode": 200, "body": body, "isBase64Encoded": True}))
    assert response.content == b"\xff\x00"


async def test_function_error_becomes_502(logged: list[dict[str, Any]]) -> None:
    response = await post(Lambda({"errorMessage": "hunter2"}, FunctionError="Unhandled"))
    assert response.status_code == 502
    assert [line["message"] for line in logged] == ["invoked_function_failed"]
    assert "hunter2" not in str(logged)


class Thawed(Lambda):
    """Lambda behind pooled connections that died while the function was frozen."""

    def __init__(self, dead: int) -> None:
        super().__init__({"statusCode": 200, "body": "{}"})
        self.dead = dead

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        if self.dead:
            self.dead -= 1
            raise ConnectionClosedError(endpoint_url="http://lambda")
        return super().invoke(FunctionName=FunctionName, Payload=Payload)


@pytest.mark.parametrize("method", ["tools/list", "tools/call"])
# One call may meet several dead connections: concurrent calls take the slots that it frees.
@pytest.mark.parametrize("dead", [1, 3])
async def test_connections_that_died_while_frozen_are_reopened(method: str, dead: int) -> None:
    aws = Thawed(dead)
    assert (await post(aws, **{"Mcp-Method": method})).status_code == 200
    assert (aws.dead, len(aws.payloads)) == (0, 1)


async def test_request_fails_if_every_connection_is_cut() -> None:
    aws = Thawed(1_000)
    # The function may have run at each attempt.
    with pytest.raises(httpx2.ReadError):
        await post(aws)
    assert aws.dead == 1_000 - ATTEMPTS


async def test_invoke_timeout_becomes_a_read_error() -> None:
    with pytest.raises(httpx2.ReadError):
        await post(Lambda(ReadTimeoutError(endpoint_url="http://lambda")))


async def test_refused_invoke_becomes_a_connection_error(logged: list[dict[str, Any]]) -> None:
    refused = ClientError({"Error": {"Code": "AccessDeniedException"}}, "Invoke")
    with pytest.raises(httpx2.ConnectError):
        await post(Lambda(refused))
    assert logged[0]["aws_error"] == "AccessDeniedException"
