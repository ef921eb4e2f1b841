"""Which failed Invoke requests are retried, how often, and when, counted on the wire."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any

import boto3
import httpx2
import pytest

from chat_api.tools.lambda_transport import LambdaTransport
from chat_api.tools.retries import InvokeRetries
from chat_api.turns.deadline import turn_ends
from chat_api.turns.turn import Turn
from chatcore.aws import INVOKE
from tests.unit.chat_api.tools.fake_lambda import THROTTLED, FakeLambda, Refusal, running_lambda

# Every Reason of Lambda's TooManyRequestsException.
REASONS = [
    "CallerRateLimitExceeded",
    "ConcurrentInvocationLimitExceeded",
    "ConcurrentSnapshotCreateLimitExceeded",
    "FunctionInvocationRateLimitExceeded",
    "ReservedFunctionConcurrentInvocationLimitExceeded",
    "ReservedFunctionInvocationRateLimitExceeded",
]
NEVER_RAN = [
    *(
        Refusal("TooManyRequestsException", 429, f'{{"Reason": "{reason}"}}'.encode())
        for reason in REASONS
    ),
    Refusal("SomeNewThrottlingException", 429),
    Refusal("EC2ThrottledException", 502),
    Refusal("ENINotReadyException", 502),
    Refusal("ResourceNotReadyException", 502),
    Refusal("SnapStartNotReadyException", 409),
    Refusal("CodeArtifactUserPendingException", 409),
    Refusal("ResourceConflictException", 409),
]
MAY_HAVE_RUN = [
    Refusal("ServiceException", 500),
    Refusal("ServiceUnavailable", 503),
    Refusal("BadGateway", 502, b"<html>"),
]
PERMANENT = [
    Refusal("ENILimitReachedException", 502),
    Refusal("SubnetIPAddressLimitReachedException", 502),
    Refusal("AccessDeniedException", 403),
    Refusal("ResourceNotFoundException", 404),
    Refusal("KMSDisabledException", 502),
    Refusal("SnapStartTimeoutException", 408),
]


class Time:
    """A clock that only sleeping advances."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(scope="module")
def fake_lambda() -> Iterator[FakeLambda]:
    with running_lambda() as fake:
        yield fake


@pytest.fixture
def aws(fake_lambda: FakeLambda) -> FakeLambda:
    fake_lambda.refusals.clear()
    fake_lambda.payloads.clear()
    return fake_lambda


def retries(time: Time, **pace: float) -> InvokeRetries:
    """Return retries without jitter, so that each wait is as long as possible."""
    return InvokeRetries(**pace, clock=time, sleep=time.sleep, random=lambda: 1.0)


async def post(client: Any, given: InvokeRetries) -> httpx2.Response:
    transport = LambdaTransport(lambda: client, "McpFunction", retries=given)
    async with httpx2.AsyncClient(transport=transport) as http:
        return await http.post("http://mcp.internal/mcp", json={})


@pytest.mark.parametrize("refusal", NEVER_RAN, ids=lambda each: f"{each.code}{each.body[10:]}")
async def test_a_call_that_never_ran_is_retried(
    aws: FakeLambda, time: Time, refusal: Refusal
) -> None:
    aws.refusals = [refusal] * 3
    assert (await post(aws.client, retries(time))).status_code == 200
    # Exactly one request for each attempt: botocore does not retry on its own.
    assert aws.calls == 4
    assert aws.payloads == aws.payloads[:1] * 4


@pytest.mark.parametrize("refusal", MAY_HAVE_RUN, ids=lambda each: each.code)
async def test_a_call_that_may_have_run_is_sent_once_and_reported_as_lost(
    aws: FakeLambda, time: Time, refusal: Refusal
) -> None:
    aws.refusals = [refusal]
    with pytest.raises(httpx2.ReadError):
        await post(aws.client, retries(time))
    assert (aws.calls, time.slept) == (1, [])


@pytest.mark.parametrize("refusal", PERMANENT, ids=lambda each: each.code)
async def test_a_permanently_refused_call_is_sent_once_and_reported_as_never_run(
    aws: FakeLambda, time: Time, refusal: Refusal
) -> None:
    aws.refusals = [refusal]
    with pytest.raises(httpx2.ConnectError):
        await post(aws.client, retries(time))
    assert (aws.calls, time.slept) == (1, [])


async def test_a_call_without_a_connection_is_retried(aws: FakeLambda, time: Time) -> None:
    unreachable = boto3.client(
        "lambda", "eu-central-1", endpoint_url="http://127.0.0.1:1", config=INVOKE
    )
    clients = iter([unreachable, unreachable])
    transport = LambdaTransport(
        lambda: next(clients, aws.client), "McpFunction", retries=retries(time)
    )
    async with httpx2.AsyncClient(transport=transport) as http:
        assert (await http.post("http://mcp.internal/mcp", json={})).status_code == 200
    assert (aws.calls, len(time.slept)) == (1, 2)
    unreachable.close()


async def test_waits_double_up_to_the_maximum(aws: FakeLambda, time: Time) -> None:
    aws.refusals = [THROTTLED] * 5
    await post(aws.client, retries(time, first=1, longest=4, seconds=60))
    assert time.slept == [1, 2, 4, 4, 4]


async def test_jitter_shortens_each_wait(aws: FakeLambda, time: Time) -> None:
    aws.refusals = [THROTTLED] * 3
    fractions = iter([0.5, 0.0, 0.25])
    given = InvokeRetries(
        first=1, longest=8, seconds=60, clock=time, sleep=time.sleep, random=lambda: next(fractions)
    )
    await post(aws.client, given)
    assert time.slept == [0.5, 0, 1]


async def test_calls_end_when_their_time_is_used_up(
    aws: FakeLambda, time: Time, logged: list[dict[str, Any]]
) -> None:
    aws.refusals = [THROTTLED] * 100
    with pytest.raises(httpx2.ConnectError):
        await post(aws.client, retries(time, first=1, longest=4, seconds=10))
    # 1 + 2 + 4 s; another 4 s would pass 10 s.
    assert (aws.calls, time.slept) == (4, [1, 2, 4])
    assert [line["message"] for line in logged] == ["invoke_failed"]
    assert logged[0]["aws_error"] == "TooManyRequestsException"
    assert logged[0]["attempts"] == 4


async def test_each_wait_is_lambdas_retry_after_plus_jitter(aws: FakeLambda, time: Time) -> None:
    aws.refusals = [Refusal("TooManyRequestsException", 429, headers={"Retry-After": "3"})]
    await post(aws.client, retries(time, first=1))
    assert time.slept == [4]


async def test_a_retry_after_beyond_the_time_ends_the_call_at_once(
    aws: FakeLambda, time: Time
) -> None:
    aws.refusals = [Refusal("TooManyRequestsException", 429, headers={"Retry-After": "60"})] * 2
    with pytest.raises(httpx2.ConnectError):
        await post(aws.client, retries(time, seconds=10))
    assert (aws.calls, time.slept) == (1, [])


@pytest.mark.parametrize("value", ["soon", "-5", "nan", "1e9", "²", ""])
async def test_a_retry_after_that_is_not_a_number_of_seconds_is_ignored(
    aws: FakeLambda, time: Time, value: str
) -> None:
    headers = {"Retry-After": value.encode().decode("latin-1")}
    aws.refusals = [Refusal("TooManyRequestsException", 429, headers=headers)]
    await post(aws.client, retries(time, first=1))
    assert time.slept == [1]


async def test_a_stopped_turn_sends_no_more_requests(aws: FakeLambda) -> None:
    waiting = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    aws.refusals = [THROTTLED] * 100
    call = asyncio.create_task(post(aws.client, InvokeRetries(sleep=sleep)))
    await waiting.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert aws.calls == 1


async def test_half_of_the_turns_remaining_time_is_kept_for_the_answer(
    aws: FakeLambda, time: Time
) -> None:
    aws.refusals = [THROTTLED] * 100
    token = turn_ends.set(time.now + 8)
    with pytest.raises(httpx2.ConnectError):
        await post(aws.client, retries(time, first=1, longest=1, seconds=10))
    turn_ends.reset(token)
    assert time.slept == [1] * 4


@pytest.mark.parametrize("seconds", [60.0, None])
async def test_a_turn_provides_its_deadline(seconds: float | None) -> None:
    deadlines: list[float | None] = []

    async def stream() -> Any:
        deadlines.append(turn_ends.get())
        yield b"data: {}"

    before = asyncio.get_running_loop().time()
    turn = Turn(aclosing(stream()), encode=bytes, seconds=seconds)
    await turn.begin()
    await turn.finished()
    [ends] = deadlines
    assert (ends is None) if seconds is None else (ends is not None and ends >= before + seconds)
