"""AWS calls run off the event loop, and their failures are classified."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from chat_api.store.aws_calls import StoreUnavailable, call_aws, gather_all, gather_both
from tests.unit.chat_api.store.aws_errors import client_error
from tests.waiting import PATIENCE


def failing(error: Exception) -> Callable[[], None]:
    def call() -> None:
        raise error

    return call


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        ReadTimeoutError(endpoint_url="http://127.0.0.1:1"),
        client_error("InternalServerError", 500),
        client_error("ThrottlingException", 400),
        client_error("ProvisionedThroughputExceededException", 400),
        client_error("RequestTimeout", 400),
    ],
)
async def test_a_transient_failure_is_raised_as_store_unavailable(
    error: Exception, logged: list[dict[str, Any]]
) -> None:
    with pytest.raises(StoreUnavailable) as raised:
        await call_aws("put_item", failing(error))
    assert "Please try again" in raised.value.message
    assert [line["operation"] for line in logged] == ["put_item"]


async def test_a_request_that_aws_refuses_raises_its_own_error() -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        await call_aws("put_item", failing(client_error("ValidationException", 400)))


async def test_a_call_does_not_block_the_event_loop() -> None:
    gate = threading.Event()
    calling = asyncio.create_task(call_aws("put_item", lambda: gate.wait(PATIENCE)))
    await asyncio.sleep(0)
    # The call has begun. This line runs before it ends only if the loop is not blocked.
    gate.set()
    assert await calling


async def fail() -> None:
    raise StoreUnavailable


async def work(ended: asyncio.Event) -> None:
    for _ in range(5):  # longer than the failure takes to arrive
        await asyncio.sleep(0)
    ended.set()


async def test_gather_both_raises_a_failure_only_when_both_have_ended() -> None:
    ended = asyncio.Event()
    with pytest.raises(StoreUnavailable):
        await gather_both(fail(), work(ended))
    assert ended.is_set()


async def test_gather_all_raises_a_failure_only_when_all_have_ended() -> None:
    ended = asyncio.Event()
    with pytest.raises(StoreUnavailable):
        await gather_all([fail(), work(ended)])
    assert ended.is_set()


async def test_gather_all_returns_results_in_order_and_limits_concurrent_calls() -> None:
    running, most = 0, 0

    async def work(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return number

    assert await gather_all((work(number) for number in range(10)), at_once=3) == list(range(10))
    assert most == 3
