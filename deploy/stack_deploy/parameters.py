"""The template's parameters, set by variables of their names in upper case with underscores."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_stack.template.constraints import constraint_fault
from local_stack.template.properties import text
from stack_deploy.parameter_validation import JSON_LISTS, value_fault

_WORD = re.compile(r"[A-Z][a-z0-9]+|[A-Z]+(?![a-z])")
_PASSWORD = re.compile(r"//[^/@\s]*@")
_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Parameter:
    """One parameter of the template, with its CloudFormation definition."""

    name: str
    definition: Mapping[str, Any]

    @property
    def variable(self) -> str:
        """The variable's name: AllowedOrigins → ALLOWED_ORIGINS, OpenAIApiKey → OPENAI_API_KEY."""
        return "_".join(_WORD.findall(self.name.replace("OpenAI", "Openai"))).upper()

    @property
    def secret(self) -> bool:
        return bool(self.definition.get("NoEcho"))

    @property
    def required(self) -> bool:
        return "Default" not in self.definition

    @property
    def default(self) -> str:
        """The value if none is set. Empty for a required parameter."""
        return text(f"parameter {self.name}", "Default", self.definition.get("Default", ""))

    def fault(self, value: str) -> str | None:
        """Return what the value must be and is not ("must be …"), or None for a valid value."""
        return constraint_fault(self.name, value, self.definition) or value_fault(self.name, value)

    def shown(self, value: str) -> str:
        """Return a valid value for display, never a secret."""
        if self.secret:
            return self.default if value == self.default else "(secret)"
        return _without_password(value) or "(empty)"

    def shown_unchecked(self, value: str) -> str | None:
        """Return the beginning of a value that was not checked, or None if it may hold a secret."""
        if self.secret or self.name in JSON_LISTS:
            return None
        shown = _without_password(value)
        return shown if len(shown) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + "…"

    def refused(self, value: str, fault: str, place: str = "", kept: bool = False) -> str:
        """Return the sentence that refuses a value, or the member of it at the path `place`.

        `kept` says that the stack already has this value.
        """
        shown = self.shown_unchecked(value)
        given = "" if shown is None else f", {'in' if place else 'not'} {shown!r}"
        origin = " (the stack's current value)" if kept else ""
        return f"{self.variable}{place} {fault}{given}{origin}."


def _without_password(value: str) -> str:
    return _PASSWORD.sub("//…@", value)


def read_parameters(document: Mapping[str, Any]) -> list[Parameter]:
    """Return the parameters of a template's document, in its order."""
    return [Parameter(*each) for each in document["Parameters"].items()]
