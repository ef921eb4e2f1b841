"""The permissions of the template's roles in a stack with given parameters."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from local_stack.template.document import load_document
from local_stack.template.intrinsics import Names, resolve
from local_stack.template.names import NOT_LOCAL, names_of
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
    resources: dict[str, Any] = document["Resources"]
    local = {name: each for name, each in resources.items() if each["Type"] not in NOT_LOCAL}
    names = names_of(local, values)
    return frozenset(
        grant
        for function, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
        for policy in _policies(document, resource["Properties"]["Role"], values)
        for statement in policy["Statement"]
        for grant in _granted(function, statement, names)
    )


def _policies(
    document: dict[str, Any], role: dict[str, Any], values: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield the policy documents in a role and those attached to it under these values."""
    name = role["Fn::GetAtt"][0]
    own = document["Resources"][name]["Properties"]
    assert set(own) == {"AssumeRolePolicyDocument", "Policies"}
    yield from (policy["PolicyDocument"] for policy in own["Policies"])
    for resource in document["Resources"].values():
        if resource["Type"] != "AWS::IAM::RolePolicy":
            continue
        condition = document["Conditions"][resource["Condition"]]
        if resource["Properties"]["RoleName"] == {"Ref": name} and _holds(condition, values):
            yield resource["Properties"]["PolicyDocument"]


def _granted(function: str, statement: dict[str, Any], names: Names) -> Iterator[Grant]:
    assert set(statement) == {"Action", "Effect", "Resource"}
    assert statement["Effect"] == "Allow"
    actions = set(_listed(statement["Action"])) - BY_LAMBDA
    for action in actions:
        for resource in _listed(statement["Resource"]):
            yield Grant(function, action, resolve(resource, names))


def _holds(condition: Any, values: dict[str, str]) -> bool:
    [(function, arguments)] = condition.items()
    match function:
        case "Fn::And":
            return all(_holds(each, values) for each in arguments)
        case "Fn::Not":
            return not _holds(arguments[0], values)
        case "Fn::Equals":
            one, other = (resolve(each, Names(values, {})) for each in arguments)
            return bool(one == other)
    raise AssertionError(f"a condition with {function}")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
