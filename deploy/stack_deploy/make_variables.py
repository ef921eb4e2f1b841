"""Variables of a deployment: typed after `make deploy`, or exported in the shell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from stack_deploy.parameters import Parameter

# `make run` and other programs read these names too, so they count only if they are typed.
SHARED_NAMES = frozenset(
    {
        "ARCHITECTURE",
        "DELETION_PROTECTION",
        "LOG_LEVEL",
        "LOG_RETENTION_DAYS",
        "MODEL",
        "MODELS",
        "OPENAI_API",
        "OPENAI_BASE_URL",
        "REQUESTS_PER_SECOND",
        "REQUEST_BURST",
        "RETENTION_DAYS",
    }
)
# Other names that may be typed: variables of the Makefile, the AWS SDK and SAM.
MAKE_NAMES = ("ARCH", "BUILT", "SAM", "STACK", "UV")
OTHER_TOOLS = ("AWS_", "SAM_")
# ARCH sets this parameter, because the artifacts are built for it.
ARCHITECTURE = "ARCHITECTURE"
# How similar an exported name must be to a parameter's to be reported as a misspelling.
_MISSPELLED = 0.9


@dataclass(frozen=True)
class MakeVariables:
    """The environment, and which of its variables were typed on make's command line."""

    environ: Mapping[str, str]
    typed: frozenset[str] = frozenset()

    def value(self, parameter: Parameter) -> str | None:
        """Return the value to deploy, or None if there is none.

        An empty value resets a parameter to its default, unless the parameter is a secret or has no
        default. An exported variable that other programs read too does not count.
        """
        variable = parameter.variable
        if variable not in self.environ or variable == ARCHITECTURE:
            return None
        if variable in SHARED_NAMES and variable not in self.typed:
            return None
        if self.empty(parameter) and (parameter.required or parameter.secret):
            return None
        return self.environ[variable] or parameter.default

    def empty(self, parameter: Parameter) -> bool:
        return self.environ.get(parameter.variable) == ""

    def ambiguous_export_fault(self, parameter: Parameter, planned: str) -> str | None:
        """Return why an exported variable is refused, if it would change the planned value."""
        variable = parameter.variable
        if (
            variable not in SHARED_NAMES - {ARCHITECTURE} - self.typed
            or variable not in self.environ
        ):
            return None
        exported = self.environ[variable] or parameter.default
        if exported == planned:
            return None
        return ambiguous_export(variable, parameter.shown_unchecked(self.environ[variable]))

    def typing_faults(self, parameters: Sequence[Parameter]) -> list[str]:
        """Return a sentence for each typed name that is not a variable of a deployment."""
        if ARCHITECTURE in self.typed:
            yours = self.environ.get(ARCHITECTURE, "")
            architecture = [f"{ARCHITECTURE} follows the build. Type `make deploy ARCH={yours}`."]
        else:
            architecture = []
        known = [*(p.variable for p in parameters), *MAKE_NAMES]
        return architecture + [
            f"{name} is not a parameter of the template.{_suggestion(name.upper(), known, 0.6)}"
            for name in sorted(self.typed.difference(known))
            if not name.startswith(OTHER_TOOLS)
        ]

    def hints(self, parameters: Sequence[Parameter]) -> list[str]:
        """Return a sentence for each exported name that looks like a misspelled parameter."""
        known = [p.variable for p in parameters]
        return [
            f"{name} is exported, but is not a parameter of the template.{suggestion}"
            for name in sorted(self.environ.keys() - self.typed - {*known, *MAKE_NAMES})
            if (suggestion := _suggestion(name, known, _MISSPELLED))
        ]


def ambiguous_export(variable: str, exported: str | None) -> str:
    """Return the sentence that refuses an exported variable that other programs read too.

    `exported` is its value, or None if that may hold a secret.
    """
    shown = "" if exported is None else f" ({exported or 'empty'})"
    return (
        f"{variable} is exported{shown}, perhaps for another program. Type"
        f" `make deploy {variable}=…` if you mean it, or `unset {variable}`."
    )


def _suggestion(name: str, known: Sequence[str], cutoff: float) -> str:
    close = get_close_matches(name, known, n=1, cutoff=cutoff)
    return f" Did you mean {close[0]}?" if close else ""
