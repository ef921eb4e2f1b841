"""A resource's properties, read by name. Unsupported properties and values are refused."""

from collections.abc import Mapping
from typing import Any

from local_stack.template.errors import TemplateError


def only(
    owner: str, properties: Mapping[str, Any], used: frozenset[str], without_effect: frozenset[str]
) -> dict[str, Any]:
    """Return the properties in `used`. Raise TemplateError for one that is in neither set.

    `without_effect` are those that change nothing locally: permissions, encryption, descriptions.
    """
    unknown = sorted(properties.keys() - used - without_effect)
    if unknown:
        raise TemplateError(
            f"{owner} has {', '.join(unknown)}, which the local stack does not support"
        )
    return {name: value for name, value in properties.items() if name in used}


def required(owner: str, properties: Mapping[str, Any], name: str) -> str:
    """Return the property as text. Raise TemplateError when it is missing or not a scalar."""
    if properties.get(name) is None:
        raise TemplateError(f"{owner} has no {name}")
    return text(owner, name, properties[name])


def number(owner: str, properties: Mapping[str, Any], name: str, default: float) -> float:
    """Return the property as a number. Raise TemplateError when it is empty or not a number."""
    value = properties.get(name, default)
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise TemplateError(f"{owner}: {name} is {value!r}, which is not a number") from error


def mapping(owner: str, properties: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the mapping of this name, or an empty one. Raise TemplateError for other values."""
    value = properties.get(name, {})
    if not isinstance(value, dict):
        raise TemplateError(f"{owner}: {name} is {value!r}, which is not a mapping")
    return value


def text(owner: str, name: str, value: object) -> str:
    """Return a scalar as CloudFormation writes it, with booleans in lower case.

    Raise TemplateError for anything else, such as an intrinsic function that was not resolved.
    """
    if not isinstance(value, str | int | float):
        raise TemplateError(
            f"{owner}: {name} is {value!r}, but the local stack supports only plain text there"
        )
    return str(value).lower() if isinstance(value, bool) else str(value)
