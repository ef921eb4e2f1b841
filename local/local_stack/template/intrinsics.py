"""CloudFormation's intrinsic functions, resolved to local values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local_stack.template.errors import TemplateError
from local_stack.template.properties import text

_SUB_NAME = re.compile(r"\$\{(!?)([^}]*)\}")
_NO_VALUE = object()


@dataclass(frozen=True)
class Names:
    """What references resolve to: `refs` by name, `attributes` by name and attribute.

    `conditions` says which of the template's conditions hold.
    """

    refs: Mapping[str, str]
    attributes: Mapping[tuple[str, str], str]
    conditions: Mapping[str, bool] = field(default_factory=dict)

    def ref(self, name: str) -> str:
        if name not in self.refs:
            raise TemplateError(f"Ref to {name}, which the local stack does not know")
        return self.refs[name]

    def attribute(self, name: str, attribute: str) -> str:
        if (name, attribute) not in self.attributes:
            raise TemplateError(f"GetAtt {name}.{attribute}, which the local stack does not know")
        return self.attributes[name, attribute]

    def condition(self, name: str) -> bool:
        if name not in self.conditions:
            raise TemplateError(f"the template does not declare the condition {name}")
        return self.conditions[name]

    def exists(self, resource: Mapping[str, Any]) -> bool:
        """Return whether the stack has a resource, which its condition decides."""
        return "Condition" not in resource or self.condition(resource["Condition"])


def resolve(value: Any, names: Names) -> Any:
    """Return the value with every intrinsic function in it replaced.

    Supported are Ref, Fn::GetAtt, Fn::Sub, Fn::Join, Fn::Split and Fn::If; AWS::NoValue removes its
    property. Raise TemplateError for any other function and for an unknown name.
    """
    resolved = _resolve(value, names)
    return None if resolved is _NO_VALUE else resolved


def is_intrinsic(value: object) -> bool:
    """Return whether the value is a call of an intrinsic function, not an ordinary mapping."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    key = str(next(iter(value)))
    return key in ("Ref", "Condition") or key.startswith("Fn::")


def _resolve(value: Any, names: Names) -> Any:
    if is_intrinsic(value):
        function, argument = next(iter(value.items()))
        return _call(function, argument, names)
    if isinstance(value, dict):
        items = ((key, _resolve(each, names)) for key, each in value.items())
        return {key: each for key, each in items if each is not _NO_VALUE}
    if isinstance(value, list):
        return [each for each in (_resolve(each, names) for each in value) if each is not _NO_VALUE]
    return value


def _call(function: str, argument: Any, names: Names) -> Any:
    match function, argument:
        case "Ref", "AWS::NoValue":
            return _NO_VALUE
        case "Ref", str(name):
            return names.ref(name)
        case "Fn::GetAtt", [str(name), str(attribute)]:
            return names.attribute(name, attribute)
        case "Fn::Sub", str(pattern):
            return _substituted(pattern, {}, names)
        case "Fn::Sub", [str(pattern), dict(variables)]:
            return _substituted(pattern, resolve(variables, names), names)
        case "Fn::Join", [str(delimiter), list(parts) | dict(parts)]:
            return delimiter.join(text(function, "a part", part) for part in resolve(parts, names))
        case "Fn::Split", [str(delimiter), source]:
            return text(function, "the text", resolve(source, names)).split(delimiter)
        case "Fn::If", [str(condition), holds, fails]:
            return _resolve(holds if names.condition(condition) else fails, names)
    raise TemplateError(f"the local stack does not understand {function}: {argument!r}")


def _substituted(pattern: str, variables: Mapping[str, Any], names: Names) -> str:
    def value(match: re.Match[str]) -> str:
        literal, name = match.groups()
        if literal:
            return f"${{{name}}}"
        if name in variables:
            return text("Fn::Sub", name, variables[name])
        resource, dot, attribute = name.partition(".")
        return names.attribute(resource, attribute) if dot else names.ref(name)

    return _SUB_NAME.sub(value, pattern)
