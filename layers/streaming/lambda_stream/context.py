"""The context object of an invocation, passed to the application as `scope["aws.context"]`."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from lambda_stream.runtime_api import Invocation


@dataclass
class Context:
    """The context object of Lambda's Python handlers.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    Only AWS's mobile SDKs set `identity` and `client_context`; API Gateway never does.
    """

    aws_request_id: str
    deadline_ms: int
    invoked_function_arn: str
    function_name: str
    function_version: str
    memory_limit_in_mb: int
    log_group_name: str
    log_stream_name: str
    identity: None = None
    client_context: None = None

    @classmethod
    def of(cls, invocation: Invocation, environ: Mapping[str, str]) -> Self:
        return cls(
            aws_request_id=invocation.request_id,
            deadline_ms=invocation.deadline_ms,
            invoked_function_arn=invocation.function_arn,
            function_name=environ.get("AWS_LAMBDA_FUNCTION_NAME", ""),
            function_version=environ.get("AWS_LAMBDA_FUNCTION_VERSION", ""),
            memory_limit_in_mb=int(environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "0")),
            log_group_name=environ.get("AWS_LAMBDA_LOG_GROUP_NAME", ""),
            log_stream_name=environ.get("AWS_LAMBDA_LOG_STREAM_NAME", ""),
        )

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self.deadline_ms - int(time.time() * 1000))
