"""Deletion protection of the tables: on once the stack is complete.

A protected table survives the rollback of a first deployment that fails, and is then in the way.
So a new stack gets its tables unprotected and is changed a second time. The stack's own parameter
says which of the two is due: `pending` until then, `false` where somebody chose it.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

NAME = "DeletionProtection"
PENDING = {NAME: "pending"}
ON = {NAME: "true"}


class Deployer(Protocol):
    """What creates or changes the stack."""

    def deploy(self, values: Mapping[str, str], *, ask: bool = True) -> int: ...


def protection_step(values: Mapping[str, str], kept: Mapping[str, str] | None) -> dict[str, str]:
    """Return what this deployment sets, given its values and those of a stack that stands."""
    if kept is None:
        return {} if values.get(NAME) == "false" else PENDING
    # What a second change did not get to, the next deployment does.
    return ON if values.get(NAME, kept.get(NAME)) == "pending" else {}


def deploy_protected(
    sam: Deployer, values: Mapping[str, str], standing: Callable[[], Mapping[str, str] | None]
) -> int:
    """Deploy, turn a pending protection on, and return the exit status.

    `standing` returns the parameters of the stack as it stands after the first step. Nobody is
    asked about the second.
    """
    status = sam.deploy(values)
    if status or not _pending(values):
        return status
    parameters = standing()
    if parameters is None:
        print("Nothing is deployed: the change set was not executed.")
        return 0
    if not _pending(parameters):
        return 0
    print("\nThe stack is complete. Its tables get their deletion protection now.", flush=True)
    status = sam.deploy({**values, **ON}, ask=False)
    if status:
        print("The tables are not protected from deletion yet: run make deploy once more.")
    else:
        print("The tables now refuse to be deleted.")
    return status


def _pending(parameters: Mapping[str, str]) -> bool:
    return parameters.get(NAME) == PENDING[NAME]
