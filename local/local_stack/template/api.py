"""AWS::Serverless::Api: the stage and the gateway's own error responses."""

from collections.abc import Mapping
from typing import Any

from local_stack.template.intrinsics import Names, resolve
from local_stack.template.properties import mapping, number, only, required, text
from local_stack.template.resources import GatewayResponse

_USED = frozenset({"GatewayResponses", "StageName"})
_WITHOUT_EFFECT = frozenset(
    {
        "AccessLogSetting",
        "AlwaysDeploy",
        "Description",
        "EndpointConfiguration",
        "MethodSettings",
        "Name",
        "OpenApiVersion",
        "Tags",
        "TracingEnabled",
    }
)
_RESPONSE_USED = frozenset({"ResponseParameters", "ResponseTemplates", "StatusCode"})


def read_api(
    name: str, properties: Mapping[str, Any], names: Names
) -> tuple[str, dict[str, GatewayResponse]]:
    """Return the stage's name, and the gateway responses by their type."""
    supported = resolve(only(name, properties, _USED, _WITHOUT_EFFECT), names)
    responses = {
        kind: _read_response(f"{name}'s {kind}", response)
        for kind, response in mapping(name, supported, "GatewayResponses").items()
    }
    return required(name, supported, "StageName"), responses


def _read_response(owner: str, properties: Mapping[str, Any]) -> GatewayResponse:
    supported = only(owner, properties, _RESPONSE_USED, frozenset())
    parameters = only(
        owner, mapping(owner, supported, "ResponseParameters"), frozenset({"Headers"}), frozenset()
    )
    return GatewayResponse(
        status=int(number(owner, supported, "StatusCode", 0)) or None,
        headers=_texts(owner, parameters, "Headers"),
        templates=_texts(owner, supported, "ResponseTemplates"),
    )


def _texts(owner: str, properties: Mapping[str, Any], name: str) -> dict[str, str]:
    values = mapping(owner, properties, name)
    return {key: text(owner, key, value) for key, value in values.items()}
