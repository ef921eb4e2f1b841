"""The head of a streamed response: a JSON prelude, followed by eight NUL bytes.

https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

CONTENT_TYPE = "application/vnd.awslambda.http-integration-response"
DELIMITER = b"\0" * 8
LARGEST = 16 * 1024

type Headers = Iterable[Sequence[bytes]]


class PreludeTooLargeError(Exception):
    """Status and headers exceed 16 KB, where API Gateway stops looking for the delimiter."""


def prelude(status: int, headers: Headers) -> bytes:
    """Return the prelude of a response with these ASGI headers, including the delimiter.

    Raise PreludeTooLargeError.
    """
    values = values_by_name(headers)
    cookies = values.pop("set-cookie", [])
    content = {"statusCode": status, **header_fields(values), "cookies": cookies}
    encoded = json.dumps(content).encode() + DELIMITER
    if len(encoded) > LARGEST:
        raise PreludeTooLargeError(f"status and headers take {len(encoded)} bytes of {LARGEST}")
    return encoded


def values_by_name(headers: Headers) -> dict[str, list[str]]:
    """Return all values of each header in their order, with names in lower case."""
    values: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in headers:
        values[name.decode("latin-1").lower()].append(value.decode("latin-1"))
    return values


def header_fields(headers: dict[str, list[str]]) -> dict[str, object]:
    """Return the two fields of a proxy response for its headers."""
    return {
        "headers": {name: values[0] for name, values in headers.items() if len(values) == 1},
        "multiValueHeaders": {name: values for name, values in headers.items() if len(values) > 1},
    }
