"""The API has one stage, which is throttled and whose log lines are always JSON."""

import json
import re
from typing import Any

import pytest

# API Gateway writes this for a variable without a value.
MISSING = "-"
HOSTILE = 'x","status":"200\\\n{'
# Values that the client chooses, as API Gateway escapes them. A client can choose its request id,
# but not the extended one.
CLIENT_VALUES = {"$context.requestId": json.dumps(HOSTILE)[1:-1]}
# Values of API Gateway itself or of the template.
# Source: Amazon API Gateway Developer Guide, "Variables for access logging for API Gateway" and
# "Troubleshoot issues with response streaming in API Gateway".
GATEWAY_VALUES = {
    "$context.error.responseType": "INTEGRATION_FAILURE",
    "$context.extendedRequestId": "Yh8jGE2Cl8wFeOA=",
    "$context.httpMethod": "POST",
    "$context.identity.sourceIp": "2001:db8::1",
    "$context.integration.latency": "9120",
    "$context.integration.responseTransferMode": "STREAMED",
    "$context.integration.timeToAllHeaders": "310",
    "$context.integration.timeToFirstContent": "640",
    "$context.resourcePath": "/chatkit",
    "$context.responseLatency": "9130",
    "$context.responseLength": "18204",
    "$context.status": "200",
}
VALUES = GATEWAY_VALUES | CLIENT_VALUES
VARIABLE = re.compile(r"\$context\.[A-Za-z.]+")


def of_type(translated: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [
        resource["Properties"]
        for resource in translated["Resources"].values()
        if resource["Type"] == kind
    ]


@pytest.fixture
def stage(translated: dict[str, Any]) -> dict[str, Any]:
    [stage] = of_type(translated, "AWS::ApiGateway::Stage")
    return stage


@pytest.fixture
def log_format(stage: dict[str, Any]) -> str:
    text: str = stage["AccessLogSetting"]["Format"]
    return text


def test_there_is_one_stage_and_no_deployment_creates_another(translated: dict[str, Any]) -> None:
    [stage] = of_type(translated, "AWS::ApiGateway::Stage")
    assert stage["StageName"] == "v1"
    [deployment] = of_type(translated, "AWS::ApiGateway::Deployment")
    assert "StageName" not in deployment


def test_the_stage_throttles_every_route_and_logs_every_request(stage: dict[str, Any]) -> None:
    [settings] = stage["MethodSettings"]
    assert (settings["ResourcePath"], settings["HttpMethod"]) == ("/*", "*")
    assert settings["ThrottlingRateLimit"] == {"Ref": "RequestsPerSecond"}
    assert settings["ThrottlingBurstLimit"] == {"Ref": "RequestBurst"}
    assert stage["AccessLogSetting"]["DestinationArn"] == {"Fn::GetAtt": ["ApiLog", "Arn"]}


def line(log_format: str, values: dict[str, str]) -> dict[str, str]:
    """Return the line that API Gateway writes, with a hyphen for each missing value."""
    filled = VARIABLE.sub(lambda match: values.get(match[0], MISSING), log_format)
    assert "\n" not in filled
    read: dict[str, str] = json.loads(filled)
    return read


@pytest.mark.parametrize("missing", VALUES)
def test_a_log_line_is_json_with_any_value_missing(log_format: str, missing: str) -> None:
    values = {name: value for name, value in VALUES.items() if name != missing}
    assert list(line(log_format, values).values()).count(MISSING) == 1


def test_a_client_controls_only_its_request_id_in_a_log_line(log_format: str) -> None:
    """The line has the route's path, but not the requested path, the user agent or the host."""
    assert set(VARIABLE.findall(log_format)) == set(VALUES)
    read = line(log_format, VALUES)
    assert read.pop("requestId") == HOSTILE
    assert set(read.values()) == set(GATEWAY_VALUES.values())


def test_a_log_line_shows_how_an_answer_streamed(log_format: str) -> None:
    read = line(log_format, VALUES)
    assert (read["transferMode"], read["timeToAllHeaders"]) == ("STREAMED", "310")
    assert (read["timeToFirstContent"], read["integrationLatency"]) == ("640", "9120")
