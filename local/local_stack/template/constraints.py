"""CloudFormation's checks of a parameter's value, explained in words."""

import re
from collections.abc import Mapping
from typing import Any

from local_stack.template.properties import number, text

# CloudFormation's quota for one parameter's value.
MAX_BYTES = 4096
_WHOLE = re.compile(r"0|-?[1-9][0-9]*")


def constraint_fault(name: str, value: str, definition: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the value ("must be …"), or None for a valid value.

    A Number must be whole. CloudFormation also takes 1024.5 or 1e3, but passes it on as written to
    a property that needs an integer. Raise TemplateError for a constraint that is not a number.
    """
    size = len(value.encode(errors="replace"))
    if size > MAX_BYTES:
        return f"must be at most {MAX_BYTES:,} bytes long, which it exceeds by {size - MAX_BYTES:,}"
    allowed = [
        text(f"parameter {name}", "one of AllowedValues", each)
        for each in definition.get("AllowedValues", [value])
    ]
    if value not in allowed:
        return f"must be {' or '.join(allowed)}" if len(allowed) < 3 else _one_of(allowed)
    if definition["Type"] == "Number":
        return _number_fault(name, value, definition)
    pattern = definition.get("AllowedPattern")
    if pattern and not re.fullmatch(str(pattern), value):
        fallback = "must have the form that the template asks for"
        return str(definition.get("ConstraintDescription", fallback))
    return _length_fault(name, len(value), definition)


def _one_of(allowed: list[str]) -> str:
    return f"must be one of {', '.join(allowed)}"


def _number_fault(name: str, value: str, definition: Mapping[str, Any]) -> str | None:
    minimum, maximum = _bounds(name, definition, "MinValue", "MaxValue")
    if _WHOLE.fullmatch(value) and minimum <= int(value) <= maximum:
        return None
    if maximum < float("inf"):
        return f"must be a whole number from {minimum:,.0f} to {maximum:,.0f}"
    if minimum > float("-inf"):
        return f"must be a whole number, {minimum:,.0f} or more"
    return "must be a whole number"


def _length_fault(name: str, length: int, definition: Mapping[str, Any]) -> str | None:
    minimum, maximum = _bounds(name, definition, "MinLength", "MaxLength")
    if length < minimum:
        at_least = f"must have at least {minimum:,.0f} characters"
        return "must not be empty" if minimum == 1 else at_least
    return f"must have at most {maximum:,.0f} characters" if length > maximum else None


def _bounds(
    name: str, definition: Mapping[str, Any], minimum_key: str, maximum_key: str
) -> tuple[float, float]:
    owner = f"parameter {name}"
    minimum = number(owner, definition, minimum_key, float("-inf"))
    maximum = number(owner, definition, maximum_key, float("inf"))
    return minimum, maximum
