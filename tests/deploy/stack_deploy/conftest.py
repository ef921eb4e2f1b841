"""The template and an account to deploy it to."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from local_stack.template.document import load_document
from stack_deploy.account import Account, NotReady
from stack_deploy.lookups import LookupFault
from stack_deploy.make_variables import MakeVariables
from stack_deploy.parameter_values import choose_parameter_values, deployment_summary
from stack_deploy.parameters import Parameter, read_parameters

ROOT = Path(__file__).parents[3]
# The variables of a first deployment, without the login's secret or the URL of its keys.
OTHERS = {
    "ALLOWED_ORIGINS": "https://app.example.com",
    "IDENTITY_ISSUER": "https://login.example.com",
    "IDENTITY_AUDIENCE": "app",
    "OPENAI_API_KEY": "sk-hunter2",
}
GIVEN = OTHERS | {"IDENTITY_SHARED_SECRET": "s" * 32}


@dataclass
class FakeLookups:
    """An account with these SSM parameters, where every secret exists but `missing`."""

    texts: dict[str, str] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()

    def ssm_text(self, name: str) -> str:
        if name not in self.texts:
            raise LookupFault(f"names no SSM parameter ({name})")
        return self.texts[name]

    def lacks_secret(self, name: str) -> bool:
        return name in self.missing


EMPTY = Account("123456789012", "eu-central-1", None, has_api_log_role=False)


class Deployment:
    """The checks of a deployment of the template."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.parameters: list[Parameter] = read_parameters(document)

    def existing_stack(self, **changed: str) -> Account:
        """Return an account with the stack, which has the template's defaults except `changed`."""
        required = {p.name: OTHERS.get(p.variable, "") for p in self.parameters if p.required}
        optional = {p.name: p.default for p in self.parameters if not p.required}
        # CloudFormation hides secrets.
        secrets = {p.name: "****" for p in self.parameters if p.secret}
        kept = required | optional | secrets | changed
        return Account(
            "123456789012", "eu-central-1", kept, has_api_log_role=True, has_api_key=True
        )

    def values(
        self,
        environ: dict[str, str],
        account: Account = EMPTY,
        *,
        typed: tuple[str, ...] = (),
        stack: str = "chatkit",
        arch: str = "x86_64",
        lookups: FakeLookups | None = None,
    ) -> dict[str, str]:
        variables = MakeVariables(environ, frozenset(typed))
        return choose_parameter_values(
            self.document, variables, account, lookups or FakeLookups(), stack=stack, arch=arch
        ).values

    def refusal(
        self,
        environ: dict[str, str],
        account: Account = EMPTY,
        *,
        typed: tuple[str, ...] = (),
        stack: str = "chatkit",
        arch: str = "x86_64",
        lookups: FakeLookups | None = None,
    ) -> list[str]:
        """Return the sentences of the refusal."""
        with pytest.raises(NotReady) as raised:
            self.values(environ, account, typed=typed, stack=stack, arch=arch, lookups=lookups)
        first, *lines = str(raised.value).split("\n")
        assert first == "Not deployed. Please fix these variables:"
        return [line.removeprefix("  ") for line in lines]

    def summary(
        self, environ: dict[str, str], account: Account = EMPTY, *, typed: tuple[str, ...] = ()
    ) -> list[str]:
        values = self.values(environ, account, typed=typed)
        variables = MakeVariables(environ, frozenset(typed))
        return deployment_summary(self.document, variables, values, account, "chatkit").split("\n")


@pytest.fixture(scope="session")
def deployment() -> Deployment:
    return Deployment(load_document(ROOT / "template.yaml"))
