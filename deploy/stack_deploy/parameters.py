"""The template's parameters, given by environment variables of the same name in capitals."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_WORD = re.compile(r"[A-Z][a-z0-9]+|[A-Z]+(?![a-z])")


@dataclass(frozen=True)
class Parameter:
    """One parameter of the template; `definition` is its CloudFormation definition."""

    name: str
    definition: Mapping[str, Any]

    @property
    def variable(self) -> str:
        """AllowedOrigins → ALLOWED_ORIGINS, OpenAIApiKey → OPENAI_API_KEY."""
        return "_".join(_WORD.findall(self.name.replace("OpenAI", "Openai"))).upper()

    @property
    def secret(self) -> bool:
        return bool(self.definition.get("NoEcho"))

    @property
    def required(self) -> bool:
        return "Default" not in self.definition

    def fault(self, value: str) -> str | None:
        """What is wrong with a value, by the template's own bounds; None for a good one."""
        allowed = self.definition.get("AllowedValues")
        if allowed and value not in map(str, allowed):
            return f"must be one of {', '.join(map(str, allowed))}"
        pattern = self.definition.get("AllowedPattern")
        if pattern and not re.fullmatch(pattern, value):
            return str(self.definition.get("ConstraintDescription", f"must match {pattern}"))
        if len(value) < int(self.definition.get("MinLength", 0)):
            return f"must have at least {self.definition['MinLength']} characters"
        if self.definition["Type"] == "Number":
            return self._number_fault(value)
        return None

    def _number_fault(self, value: str) -> str | None:
        least = float(self.definition.get("MinValue", "-inf"))
        most = float(self.definition.get("MaxValue", "inf"))
        try:
            good = least <= float(value) <= most
        except ValueError:
            return "must be a number"
        return None if good else f"must be from {least:g} to {most:g}"


class _AnyTag(yaml.SafeLoader):
    """Reads a template without understanding its intrinsic functions."""


def _ignored(_loader: yaml.SafeLoader, _tag: str, _node: yaml.Node) -> None:
    return None


_AnyTag.add_multi_constructor("!", _ignored)


def read_parameters(template: Path) -> list[Parameter]:
    # The loader is a SafeLoader: it makes no objects.
    document = yaml.load(template.read_text(), _AnyTag)
    return [Parameter(*each) for each in document["Parameters"].items()]
