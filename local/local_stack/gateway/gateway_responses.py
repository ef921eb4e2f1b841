"""API Gateway's own error responses, as the template customizes them.

Source: Amazon API Gateway Developer Guide, "Gateway response types" and "Set up gateway
responses".
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from local_stack.gateway.events import HttpRequest, Receipt
from local_stack.template import GatewayResponse, TemplateError

_DEFAULT_TEMPLATE = '{"message":$context.error.messageString}'
_VARIABLE = re.compile(r"\$context\.[A-Za-z.]+")


class GatewayError(Enum):
    """A type of gateway response, with API Gateway's default status and message."""

    MISSING_AUTHENTICATION_TOKEN = (403, "Missing Authentication Token")
    REQUEST_TOO_LARGE = (413, "Request Too Long")
    DEFAULT_5XX = (502, "Internal server error")
    # The type for a throttled function. API Gateway answers 500, or 504 if the template customizes
    # this type without a status (https://repost.aws/questions/QUL-z6rJbmR4meafB7MzYXxw). Only the
    # 500 is imitated: our template sets a status.
    INTEGRATION_FAILURE = (500, "Internal server error")
    INTEGRATION_TIMEOUT = (504, "Endpoint request timed out")

    @property
    def status(self) -> int:
        return self.value[0]

    @property
    def message(self) -> str:
        return self.value[1]

    @property
    def default(self) -> str:
        """The type whose customization applies if the template has none for this one."""
        return "DEFAULT_4XX" if self.status < 500 else "DEFAULT_5XX"


@dataclass(frozen=True)
class GatewayAnswer:
    """An answer of the gateway itself, without a function."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def gateway_answer(
    error: GatewayError,
    responses: Mapping[str, GatewayResponse],
    request: HttpRequest,
    receipt: Receipt,
) -> GatewayAnswer:
    """Return the answer for an error. Raise TemplateError for an unknown variable."""
    custom = responses.get(error.name)
    response = custom or responses.get(error.default) or GatewayResponse(None, {}, {})
    context = {
        "$context.error.message": error.message,
        "$context.error.messageString": json.dumps(error.message),
        "$context.error.responseType": error.name,
        "$context.requestId": receipt.request_id,
        "$context.extendedRequestId": receipt.extended_id,
    }

    def substitute(match: re.Match[str]) -> str:
        if match[0] not in context:
            raise TemplateError(f"{error.name}: the local stack does not know {match[0]}")
        return context[match[0]]

    template = response.templates.get("application/json", _DEFAULT_TEMPLATE)
    headers = [
        (name.lower(), _header(name, value, request)) for name, value in response.headers.items()
    ]
    return GatewayAnswer(
        status=response.status or error.status,
        headers=(("content-type", "application/json"), *headers),
        body=_VARIABLE.sub(substitute, template).encode(),
    )


def _header(name: str, value: str, request: HttpRequest) -> str:
    """Return the text of a quoted static value, or the value of a header of the request."""
    if len(value) > 1 and value.startswith("'") and value.endswith("'"):
        return value[1:-1]
    source = "method.request.header."
    if value.startswith(source):
        return request.header(value.removeprefix(source)) or ""
    raise TemplateError(f"the local stack does not know what {value} means in {name}")
