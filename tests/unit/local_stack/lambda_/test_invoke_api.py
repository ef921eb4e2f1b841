"""Lambda's Invoke API, called by boto3."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local_stack.lambda_.answer import Answer, FunctionError
from local_stack.lambda_.concurrency import Concurrency
from local_stack.lambda_.invoke_api import invoke_api
from local_stack.serving import address_of, listen, serving

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:Tools"


class Echo:
    """A function that answers with its event, in two pieces, or fails if the event says so."""

    def __init__(self, concurrency: Concurrency) -> None:
        self._concurrency = concurrency

    async def invoke(self, payload: bytes, trace_id: str) -> Answer:
        self._concurrency.enter("Tools")
        self._concurrency.leave("Tools")
        answer = Answer()
        answer.begin("application/json", streaming=False)
        if payload == b'"fail"':
            answer.feed(b"half of an ans")
            answer.end(FunctionError.of("ValueError", "no"))
        else:
            answer.feed(b'{"got": ')
            answer.feed(payload + b"}")
            answer.end()
        return answer


@pytest.fixture
def concurrency() -> Concurrency:
    return Concurrency()


@pytest.fixture
async def client(concurrency: Concurrency) -> AsyncIterator["LambdaClient"]:
    with listen(0) as listener:
        api = invoke_api({"Tools": Echo(concurrency)}, concurrency)
        async with serving(api, listener):
            made = boto3.client(
                "lambda",
                endpoint_url=address_of(listener),
                region_name="eu-central-1",
                config=Config(proxies={}, retries={"total_max_attempts": 1}),
            )
            yield made
            made.close()


async def invoke(
    client: "LambdaClient", function: str, payload: bytes, **more: Any
) -> tuple[Any, Any]:
    def call() -> tuple[Any, Any]:
        answer = client.invoke(FunctionName=function, Payload=payload, **more)
        return answer, json.loads(answer["Payload"].read())

    return await asyncio.to_thread(call)


@pytest.mark.parametrize("function", ["Tools", ARN])
async def test_a_function_is_invoked_by_name_or_arn(client: "LambdaClient", function: str) -> None:
    answer, payload = await invoke(client, function, b'{"a": 1}')
    assert answer["StatusCode"] == 200
    assert "FunctionError" not in answer
    assert payload == {"got": {"a": 1}}


async def test_the_error_of_a_failing_function_is_the_payload(client: "LambdaClient") -> None:
    answer, payload = await invoke(client, "Tools", b'"fail"')
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert payload == {"errorType": "ValueError", "errorMessage": "no"}


@pytest.mark.parametrize(
    ("function", "payload", "more", "code", "status"),
    [
        ("Nobody", b"{}", {}, "ResourceNotFoundException", 404),
        ("Tools", b"x" * (6 * 1024 * 1024 + 1), {}, "RequestTooLargeException", 413),
        ("Tools", b"{}", {"InvocationType": "Event"}, "InvalidParameterValueException", 400),
    ],
)
async def test_a_call_that_lambda_refuses_raises_a_client_error(
    client: "LambdaClient",
    function: str,
    payload: bytes,
    more: dict[str, str],
    code: str,
    status: int,
) -> None:
    with pytest.raises(ClientError) as refused:
        await invoke(client, function, payload, **more)
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


async def throttled(client: "LambdaClient") -> Any:
    with pytest.raises(ClientError) as refused:
        await invoke(client, "Tools", b"{}")
    return refused.value.response


@pytest.mark.parametrize("function", ["Tools", ARN])
async def test_a_reserved_concurrency_of_0_throttles_a_function_until_it_is_deleted(
    client: "LambdaClient", function: str
) -> None:
    await asyncio.to_thread(
        client.put_function_concurrency, FunctionName=function, ReservedConcurrentExecutions=0
    )
    answer = await throttled(client)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert answer["Error"] == {"Code": "TooManyRequestsException", "Message": "Rate Exceeded."}
    assert answer["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    await asyncio.to_thread(client.delete_function_concurrency, FunctionName=function)
    assert (await invoke(client, "Tools", b"{}"))[0]["StatusCode"] == 200


async def test_the_accounts_limit_throttles_with_its_own_reason(
    client: "LambdaClient", concurrency: Concurrency
) -> None:
    concurrency.account = 1
    concurrency.enter("Another")
    assert (await throttled(client))["Reason"] == "ConcurrentInvocationLimitExceeded"


async def test_concurrency_of_an_unknown_function_cannot_be_reserved(
    client: "LambdaClient",
) -> None:
    with pytest.raises(ClientError) as refused:
        await asyncio.to_thread(
            client.put_function_concurrency, FunctionName="Nobody", ReservedConcurrentExecutions=0
        )
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
