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
    allowed = [text(each) for each in definition.get("AllowedValues", [value])]
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
    least, most = _bounds(name, definition, "MinValue", "MaxValue")
    if _WHOLE.fullmatch(value) and least <= int(value) <= most:
        return None
    if most < float("inf"):
        return f"must be a whole number from {least:,.0f} to {most:,.0f}"
    if least > float("-inf"):
        return f"must be a whole number, {least:,.0f} or more"
    return "must be a whole number"


def _length_fault(name: str, length: int, definition: Mapping[str, Any]) -> str | None:
    least, most = _bounds(name, definition, "MinLength", "MaxLength")
    if length < least:
        return "must not be empty" if least == 1 else f"must have at least {least:,.0f} characters"
    return f"must have at most {most:,.0f} characters" if length > most else None


def _bounds(name: str, definition: Mapping[str, Any], least: str, most: str) -> tuple[float, float]:
    owner, infinite = f"parameter {name}", float("inf")
    return (
        number(owner, definition, least, -infinite),
        number(owner, definition, most, infinite),
    )
