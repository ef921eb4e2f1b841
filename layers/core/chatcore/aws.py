"""AWS clients, created on first use with explicit timeouts and retries."""

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
    from mypy_boto3_ssm import SSMClient

# The number of concurrent calls to one service. A stream makes a few calls of some milliseconds
# each. Under a server such as uvicorn, many streams share a process and its clients.
QUICK_CALLS = 32
# A tool call may take as long as its stream, so each of 64 streams can have one.
INVOCATIONS = 64
# The settings of calls that take milliseconds. The three attempts may take 4.5 s. botocore's
# jittered back-offs take at most 1 s and 2 s after throttling, and milliseconds otherwise. Together
# that is 7.5 s, less than the 10 s that a turn reserves before its function's deadline, unless AWS
# asks for a longer wait (x-amz-retry-after).
QUICK = Config(
    connect_timeout=0.5,
    read_timeout=1.0,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=QUICK_CALLS,
    # botocore 1.44 builds its own user agent twice per request, a tenth of the request's time.
    user_agent=USER_AGENT,
)
# Browsers send files to signed addresses, and read them there. Signing by version 4 binds the type
# and the size of an upload. The address must name the bucket's own host: boto3's default is S3's
# global host, which redirects to the region of a new bucket, and no signature survives that.
FILES = QUICK.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
# For a call while a function starts, which fails every request if it fails.
AT_START = QUICK.merge(Config(retries={"mode": "standard", "total_max_attempts": 6}))
# An Invoke waits for the other function, including its cold start. botocore must not retry it: the
# call may have succeeded although its answer was lost. The caller knows what is safe to retry.
INVOKE = Config(
    connect_timeout=2,
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 1},
    max_pool_connections=INVOCATIONS,
    user_agent=USER_AGENT,
)


class AwsClients:
    """One client per service for the whole process. Thread-safe."""

    def __init__(self) -> None:
        self._session = boto3.session.Session()
        # A boto3 session must not create clients in several threads at once.
        self._creating = Lock()

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        with self._creating:
            return self._session.client("dynamodb", config=QUICK)

    @cached_property
    def s3(self) -> S3Client:
        with self._creating:
            return self._session.client("s3", config=FILES)

    @cached_property
    def secretsmanager(self) -> SecretsManagerClient:
        with self._creating:
            return self._session.client("secretsmanager", config=QUICK)

    @cached_property
    def ssm(self) -> SSMClient:
        with self._creating:
            return self._session.client("ssm", config=AT_START)

    @cached_property
    def functions(self) -> LambdaClient:
        with self._creating:
            return self._session.client("lambda", config=INVOKE)
