"""AWS::Serverless::Api: the stage and the answers that the gateway gives itself."""

from collections.abc import Mapping
from typing import Any

from local_stack.template.intrinsics import Names, resolve
from local_stack.template.properties import only, required
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
    """The stage's name, and the gateway responses by their type."""
    own = resolve(only(name, properties, _USED, _WITHOUT_EFFECT), names)
    responses = {
        kind: _read_response(f"{name}'s {kind}", response)
        for kind, response in own.get("GatewayResponses", {}).items()
    }
    return str(required(name, own, "StageName")), responses


def _read_response(owner: str, properties: Mapping[str, Any]) -> GatewayResponse:
    own = only(owner, properties, _RESPONSE_USED, frozenset())
    parameters = only(owner, own.get("ResponseParameters", {}), frozenset({"Headers"}), frozenset())
    status = own.get("StatusCode")
    return GatewayResponse(
        status=None if status is None else int(status),
        headers={key: str(value) for key, value in parameters.get("Headers", {}).items()},
        templates={key: str(value) for key, value in own.get("ResponseTemplates", {}).items()},
    )
