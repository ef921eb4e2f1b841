"""The values of a template's parameters, checked as CloudFormation checks them."""

from collections.abc import Mapping
from typing import Any

from local_stack.template.constraints import constraint_fault
from local_stack.template.errors import TemplateError
from local_stack.template.properties import text

_TYPES = ("String", "Number")


def parameter_values(declared: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """Return each declared parameter's value: the given one, else its default.

    Raise TemplateError for an unknown name, a missing value, or one that breaks a constraint.
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
    if name in given:
        value = given[name]
    else:
        value = text(f"parameter {name}", "Default", declaration["Default"])
    fault = constraint_fault(name, value, declaration)
    if fault:
        shown = "" if declaration.get("NoEcho") else f", not {value!r}"
        raise TemplateError(f"parameter {name} {fault}{shown}")
    return value
