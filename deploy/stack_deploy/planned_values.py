"""The value that each parameter will have after a deployment."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from chatcore.settings import SettingFault
from stack_deploy.parameters import Parameter

# Pydantic's messages are for programmers: patterns of their words → plainer words.
_WORDS = {
    r"^Field required$": "is missing",
    r"^Extra inputs are not permitted$": "is not known",
    r"^\w+ should\b": "must",
    r"a valid tuple": "a list",
    r"a valid dictionary or instance of \w+": "an object",
}


@dataclass(frozen=True)
class PlannedValues:
    """All values by parameter. `given` are the parameters set now; the stack keeps the others."""

    parameters: Mapping[str, Parameter]
    values: Mapping[str, str]
    given: Collection[str]

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def variable(self, name: str) -> str:
        return self.parameters[name].variable

    def changed(self, name: str) -> bool:
        """Return whether the value differs from the template's default."""
        return self.values[name] != self.parameters[name].default

    def refused(self, name: str, fault: str, place: str = "") -> str:
        """Return the sentence that refuses a value, or the member of it at the path `place`."""
        kept = name not in self.given
        return self.parameters[name].refused(self.values[name], fault, place, kept)


def in_words(fault: SettingFault) -> str:
    """Return what a setting must be and is not ("must be …")."""
    message = fault.message
    for pattern, words in _WORDS.items():
        message = re.sub(pattern, words, message)
    return message
