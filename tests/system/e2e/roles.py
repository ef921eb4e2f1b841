"""The permissions of the template's roles in a stack with given parameters."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from local_stack.template.document import load_document
from local_stack.template.intrinsics import Names, resolve
from local_stack.template.names import names_of
from local_stack.template.parameters import parameter_values
from tests.system.e2e.aws_call import AwsCall

# Lambda itself writes logs with the function's role, and no stand-in has log groups.
BY_LAMBDA = frozenset({"logs:CreateLogStream", "logs:PutLogEvents"})


@dataclass(frozen=True, order=True)
class Grant:
    """An action that a function may perform on resources that match a pattern."""

    function: str
    action: str
    resource: str

    def allows(self, call: AwsCall) -> bool:
        # IAM's wildcards equal those of fnmatch except for brackets, which none of our ARNs has.
        same = (self.function, self.action) == (call.function, call.action)
        return same and fnmatchcase(call.resource, self.resource)


def grants(template: Path, parameters: dict[str, str]) -> frozenset[Grant]:
    """Return everything that the functions' roles allow, except Lambda's own log writes."""
    document = load_document(template)
    values = parameter_values(document["Parameters"], parameters)
    names = names_of(document, values)
    return frozenset(
        grant
        for function, resource in document["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
        for policy in _policies(document, resource["Properties"]["Role"], names)
        for statement in policy["Statement"]
        for grant in _granted(function, statement, names)
    )


def _policies(
    document: dict[str, Any], role: dict[str, Any], names: Names
) -> Iterator[dict[str, Any]]:
    """Yield the policy documents in a role and those attached to it that exist."""
    name = role["Fn::GetAtt"][0]
    own = document["Resources"][name]["Properties"]
    assert set(own) == {"AssumeRolePolicyDocument", "Policies"}
    yield from (policy["PolicyDocument"] for policy in own["Policies"])
    for resource in document["Resources"].values():
        if resource["Type"] != "AWS::IAM::RolePolicy":
            continue
        if resource["Properties"]["RoleName"] == {"Ref": name} and names.exists(resource):
            yield resource["Properties"]["PolicyDocument"]


def _granted(function: str, statement: dict[str, Any], names: Names) -> Iterator[Grant]:
    assert set(statement) == {"Action", "Effect", "Resource"}
    assert statement["Effect"] == "Allow"
    actions = set(_listed(statement["Action"])) - BY_LAMBDA
    for action in actions:
        for resource in _listed(resolve(statement["Resource"], names)):
            yield Grant(function, action, resource)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
