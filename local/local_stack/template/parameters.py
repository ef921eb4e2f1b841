"""The values of a template's parameters, checked as CloudFormation checks them."""

import re
from collections.abc import Mapping
from typing import Any

from local_stack.template.errors import TemplateError
from local_stack.template.properties import number

_TYPES = ("String", "Number")


def parameter_values(declared: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """Each declared parameter's value: the given one, else its default.

    Raises TemplateError for an unknown name, a missing value and one that breaks its constraints.
    """
    unknown = sorted(given.keys() - declared.keys())
    if unknown:
        raise TemplateError(f"the template has no parameter {', '.join(unknown)}")
    return {name: _value(name, declaration, given) for name, declaration in declared.items()}


def _value(name: str, declaration: Mapping[str, Any], given: Mapping[str, str]) -> str:
    if declaration.get("Type") not in _TYPES:
        raise TemplateError(f"parameter {name} has a type other than {' and '.join(_TYPES)}")
    if name not in given and "Default" not in declaration:
        raise TemplateError(f"parameter {name} has no default and no value was given")
    value = str(given.get(name, declaration.get("Default")))
    broken = _broken_constraint(name, value, declaration)
    if broken:
        shown = "its value" if declaration.get("NoEcho") else repr(value)
        raise TemplateError(f"parameter {name}: {shown} breaks {broken}")
    return value


def _broken_constraint(name: str, value: str, declaration: Mapping[str, Any]) -> str | None:
    allowed = [str(each) for each in declaration.get("AllowedValues", [value])]
    if value not in allowed:
        return f"AllowedValues {allowed}"
    pattern = str(declaration.get("AllowedPattern", ".*"))
    if not re.fullmatch(pattern, value, re.DOTALL):
        return f"AllowedPattern {pattern}"
    if not _within(name, len(value), declaration, "MinLength", "MaxLength"):
        return "MinLength or MaxLength"
    if declaration["Type"] == "Number":
        try:
            size = float(value)
        except ValueError:
            return "Type Number"
        if not _within(name, size, declaration, "MinValue", "MaxValue"):
            return "MinValue or MaxValue"
    return None


def _within(name: str, size: float, declaration: Mapping[str, Any], least: str, most: str) -> bool:
    owner = f"parameter {name}"
    lower, upper = (number(owner, declaration, bound, size) for bound in (least, most))
    return lower <= size <= upper
