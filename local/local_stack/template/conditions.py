"""CloudFormation's conditions, which depend on parameters."""

from collections.abc import Mapping
from typing import Any

from local_stack.template.errors import TemplateError
from local_stack.template.intrinsics import Names, resolve
from local_stack.template.properties import text


def evaluate(declared: Mapping[str, Any], refs: Mapping[str, str]) -> dict[str, bool]:
    """Return whether each condition holds, given the values of parameters.

    Supported are Fn::And, Fn::Or, Fn::Not and Fn::Equals. Raise TemplateError for any other.
    """
    names = Names(refs, {})
    return {name: _holds(condition, names) for name, condition in declared.items()}


def _holds(condition: Any, names: Names) -> bool:
    match condition:
        case {"Fn::And": [*parts]}:
            return all(_holds(part, names) for part in parts)
        case {"Fn::Or": [*parts]}:
            return any(_holds(part, names) for part in parts)
        case {"Fn::Not": [part]}:
            return not _holds(part, names)
        case {"Fn::Equals": [one, other]}:
            return _scalar(one, names) == _scalar(other, names)
    raise TemplateError(f"the local stack does not understand the condition {condition!r}")


def _scalar(value: Any, names: Names) -> str:
    return text("a condition", "a part of Fn::Equals", resolve(value, names))
