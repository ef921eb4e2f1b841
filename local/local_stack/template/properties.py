"""A resource's properties, taken by name; whatever is neither taken nor known is refused."""

from collections.abc import Mapping
from typing import Any

from local_stack.template.errors import TemplateError


def only(
    owner: str, properties: Mapping[str, Any], used: frozenset[str], without_effect: frozenset[str]
) -> dict[str, Any]:
    """The properties in `used`. Raises TemplateError for one that is in neither set.

    `without_effect` are those that change nothing on a laptop: rights, encryption, descriptions.
    """
    unknown = sorted(properties.keys() - used - without_effect)
    if unknown:
        raise TemplateError(f"{owner} has {', '.join(unknown)}, which the local stack ignores")
    return {name: value for name, value in properties.items() if name in used}


def required(owner: str, properties: Mapping[str, Any], name: str) -> Any:
    """The property's value. Raises TemplateError when it is missing."""
    if properties.get(name) is None:
        raise TemplateError(f"{owner} has no {name}")
    return properties[name]


def number(owner: str, properties: Mapping[str, Any], name: str, default: float) -> float:
    """The property as a number. Raises TemplateError when it is none, or stands there empty."""
    value = properties.get(name, default)
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise TemplateError(f"{owner}: {name} is {value!r}, which is no number") from error


def mapping(owner: str, properties: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The mapping under this name, empty when there is none. Raises TemplateError for all else."""
    value = properties.get(name, {})
    if not isinstance(value, dict):
        raise TemplateError(f"{owner}: {name} is {value!r}, which is no mapping")
    return value


def text(value: Any) -> str:
    """A scalar as CloudFormation writes it: booleans in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)
