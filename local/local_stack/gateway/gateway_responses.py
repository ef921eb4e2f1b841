"""The gateway's own errors, worded as the template says.

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
    # The type for a throttled function. Its status is 500 unless the template words the type; a
    # wording without a status gets the documented 504:
    # https://repost.aws/questions/QUL-z6rJbmR4meafB7MzYXxw
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
        """The type whose wording applies when the template has none for this one."""
        return "DEFAULT_4XX" if self.status < 500 else "DEFAULT_5XX"


@dataclass(frozen=True)
class GatewayAnswer:
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
    own = responses.get(error.name)
    wording = own or responses.get(error.default) or GatewayResponse(None, {}, {})
    context = {
        "$context.error.message": error.message,
        "$context.error.messageString": json.dumps(error.message),
        "$context.error.responseType": error.name,
        "$context.requestId": receipt.request_id,
        "$context.extendedRequestId": receipt.extended_id,
    }

    def filled(match: re.Match[str]) -> str:
        if match[0] not in context:
            raise TemplateError(f"{error.name}: the local stack does not know {match[0]}")
        return context[match[0]]

    template = wording.templates.get("application/json", _DEFAULT_TEMPLATE)
    headers = [
        (name.lower(), _header(name, value, request)) for name, value in wording.headers.items()
    ]
    return GatewayAnswer(
        status=wording.status or error.status,
        headers=(("content-type", "application/json"), *headers),
        body=_VARIABLE.sub(filled, template).encode(),
    )


def _header(name: str, value: str, request: HttpRequest) -> str:
    """Return the text of a quoted static value, or the value of a header of the request."""
    if len(value) > 1 and value.startswith("'") and value.endswith("'"):
        return value[1:-1]
    source = "method.request.header."
    if value.startswith(source):
        return request.header(value.removeprefix(source)) or ""
    raise TemplateError(f"the local stack does not know what {value} means in {name}")
