"""The environment that each function would get, read as the function reads it at startup."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chat_api.settings import ChatSettings
from chatcore.settings import Settings
from local_stack.template.conditions import evaluate
from local_stack.template.globals import with_globals
from local_stack.template.intrinsics import Names, resolve
from local_stack.template.properties import text
from mcp_api.settings import McpSettings
from session_api.settings import SessionSettings

# Lambda's quota for a function's variables, measured as JSON. Its error message ends with
# `String measured: {"NAME":"value",…}`.
MAX_BYTES = 4096
SETTINGS: Mapping[str, type[Settings]] = {
    "SessionFunction": SessionSettings,
    "ChatkitFunction": ChatSettings,
    "McpFunction": McpSettings,
}
_FUNCTION = "AWS::Serverless::Function"


@dataclass(frozen=True)
class StackLocation:
    """The stack, account and region, which determine the names of the stack's resources."""

    stack: str
    account: str
    region: str


@dataclass(frozen=True)
class FunctionEnvironment:
    """One function's variables. `parameters` maps some of them to the parameters that set them."""

    function: str
    variables: Mapping[str, str]
    parameters: Mapping[str, str]

    @property
    def size(self) -> int:
        return _measured(self.variables)

    def settings(self) -> Settings:
        """Read the variables as the function does. Raise `SettingsError`."""
        return SETTINGS[self.function].from_environ(self.variables)

    def size_fault(self) -> str | None:
        """Return a sentence if the environment is too large for Lambda, or None."""
        if self.size <= MAX_BYTES:
            return None
        sizes = {name: _measured({name: self.variables[name]}) - 2 for name in self.parameters}
        largest = sorted(sizes, key=lambda name: -sizes[name])[:3]
        return (
            f"{self.function}'s environment would take {self.size:,} bytes, but Lambda allows"
            f" {MAX_BYTES:,}. The largest variables: "
            + ", ".join(f"{name} ({sizes[name]:,})" for name in largest)
            + "."
        )


def function_environments(
    document: Mapping[str, Any], values: Mapping[str, str], location: StackLocation
) -> list[FunctionEnvironment]:
    """Return each function's environment for these parameter values.

    Names of resources are as long as the real ones, with placeholders for CloudFormation's random
    suffixes.
    """
    refs = dict(_resource_names(document["Resources"], location)) | dict(values)
    names = Names(refs, {}, evaluate(document["Conditions"], values))
    return [
        _environment(name, with_globals(document, resource), names, values)
        for name, resource in document["Resources"].items()
        if resource["Type"] == _FUNCTION
    ]


def _environment(
    name: str, properties: Mapping[str, Any], names: Names, values: Mapping[str, str]
) -> FunctionEnvironment:
    written = properties["Environment"]["Variables"]
    refs = {
        each: value["Ref"]
        for each, value in written.items()
        if isinstance(value, dict) and "Ref" in value
    }
    return FunctionEnvironment(
        function=name,
        variables={
            each: text(name, each, value) for each, value in resolve(written, names).items()
        },
        parameters={each: ref for each, ref in refs.items() if ref in values},
    )


def _resource_names(
    resources: Mapping[str, Any], location: StackLocation
) -> Iterator[tuple[str, str]]:
    """Yield the value of Ref for each resource that a function's variables may name."""
    for name, resource in resources.items():
        named = f"{location.stack}-{name}-{'X' * 12}"
        match resource["Type"]:
            case "AWS::Serverless::Function":
                yield name, named[:64]
            case "AWS::DynamoDB::Table":
                yield name, named[:255]
            case "AWS::S3::Bucket":
                yield name, named.lower()[:63]
            case "AWS::SecretsManager::Secret":
                secret = f"secretsmanager:{location.region}:{location.account}:secret"
                ending = f"{name}-{'X' * 12}-{'X' * 6}"
                yield name, f"arn:{_partition(location.region)}:{secret}:{ending}"


def _partition(region: str) -> str:
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _measured(variables: Mapping[str, str]) -> int:
    compact = json.dumps(dict(variables), separators=(",", ":"), ensure_ascii=False)
    return len(compact.encode(errors="replace"))
