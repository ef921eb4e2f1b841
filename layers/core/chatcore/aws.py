"""AWS clients: made on first use, with explicit timeouts and retries."""

from __future__ import annotations

from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from chatcore import USER_AGENT

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient

# Calls at once of one service. A stream makes a few, each of milliseconds. An environment on
# Managed Instances has up to 64 streams for each processor, of which half may be at a call.
QUICK_CALLS = 32
# A tool call may take as long as its stream, so each of the 64 has one.
INVOCATIONS = 64
# For answers that take milliseconds. All three attempts may take 4.5 s, and botocore's back-offs,
# jittered, 1 and 2 s at most after a throttled one (milliseconds after any other): 7.5 s together,
# within the 10 s that a turn leaves itself before its function's deadline; unless AWS itself asks
# for longer (x-amz-retry-after).
QUICK = Config(
    connect_timeout=0.5,
    read_timeout=1.0,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=QUICK_CALLS,
    # botocore 1.44 puts its own together twice for each request, a tenth of the request's time.
    user_agent=USER_AGENT,
)
# An Invoke waits for the other function, a cold start included. botocore never repeats it: the call
# may have done its work although its answer was lost. Whoever invokes knows what is safe to repeat.
INVOKE = Config(
    connect_timeout=2,
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 1},
    max_pool_connections=INVOCATIONS,
    user_agent=USER_AGENT,
)


class AwsClients:
    """One client a service, for a whole process. Safe to share between threads."""

    def __init__(self) -> None:
        self._session = boto3.session.Session()
        # A boto3 session is not safe to make clients from in several threads at once.
        self._making = Lock()

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        with self._making:
            return self._session.client("dynamodb", config=QUICK)

    @cached_property
    def s3(self) -> S3Client:
        with self._making:
            return self._session.client("s3", config=QUICK)

    @cached_property
    def secretsmanager(self) -> SecretsManagerClient:
        with self._making:
            return self._session.client("secretsmanager", config=QUICK)

    @cached_property
    def functions(self) -> LambdaClient:
        with self._making:
            return self._session.client("lambda", config=INVOKE)
