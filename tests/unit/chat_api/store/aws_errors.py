"""Errors of AWS calls, as botocore raises them."""

from botocore.exceptions import ClientError


def client_error(code: str, status: int, operation: str = "PutItem") -> ClientError:
    """Return the error of a call that AWS answered with this code and HTTP status."""
    return ClientError(
        {
            "Error": {"Code": code},
            "ResponseMetadata": {
                "HTTPStatusCode": status,
                "RequestId": "request",
                "HostId": "",
                "HTTPHeaders": {},
                "RetryAttempts": 0,
            },
        },
        operation,
    )
