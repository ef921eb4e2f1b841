"""API Gateway's own error responses."""

import json

import pytest

from local_stack.gateway.events import HttpRequest, Receipt
from local_stack.gateway.gateway_responses import GatewayAnswer, GatewayError, gateway_answer
from local_stack.template import GatewayResponse, TemplateError

CUSTOM = '{"message": $context.error.messageString, "code": "$context.error.responseType"}'
REQUEST = HttpRequest("GET", "/", "", (("origin", "http://page"),), b"", "127.0.0.1", 8000)


def answer(error: GatewayError, **responses: GatewayResponse) -> GatewayAnswer:
    return gateway_answer(error, responses, REQUEST, Receipt(request_id="r-1"))


def test_without_a_customization_api_gateways_default_is_used() -> None:
    response = answer(GatewayError.INTEGRATION_TIMEOUT)
    assert response.status == 504
    assert json.loads(response.body) == {"message": "Endpoint request timed out"}


def test_a_types_customization_overrides_the_default() -> None:
    response = answer(
        GatewayError.MISSING_AUTHENTICATION_TOKEN,
        MISSING_AUTHENTICATION_TOKEN=GatewayResponse(404, {}, {"application/json": "{}"}),
        DEFAULT_4XX=GatewayResponse(400, {}, {"application/json": "[]"}),
    )
    assert (response.status, response.body) == (404, b"{}")


def test_the_default_customization_is_filled_with_the_error() -> None:
    response = answer(
        GatewayError.REQUEST_TOO_LARGE,
        DEFAULT_4XX=GatewayResponse(None, {}, {"application/json": CUSTOM}),
    )
    assert response.status == 413
    assert json.loads(response.body) == {"message": "Request Too Long", "code": "REQUEST_TOO_LARGE"}


def test_headers_are_static_or_come_from_the_request() -> None:
    headers = {"Access-Control-Allow-Origin": "method.request.header.Origin", "X-A": "'fixed'"}
    response = answer(GatewayError.DEFAULT_5XX, DEFAULT_5XX=GatewayResponse(None, headers, {}))
    assert ("access-control-allow-origin", "http://page") in response.headers
    assert ("x-a", "fixed") in response.headers


@pytest.mark.parametrize(
    "response",
    [
        GatewayResponse(None, {}, {"application/json": "$context.authorizer.x"}),
        GatewayResponse(None, {"X": "unquoted"}, {}),
    ],
)
def test_a_customization_with_an_unknown_variable_is_refused(response: GatewayResponse) -> None:
    with pytest.raises(TemplateError):
        answer(GatewayError.DEFAULT_5XX, DEFAULT_5XX=response)
