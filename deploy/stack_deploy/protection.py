"""Deletion protection of the tables, turned on once the stack is complete.

A protected table would survive the rollback of a failed first deployment and block the next one. So
a new stack creates its tables unprotected, and a second change protects them. Until then the
stack's parameter is `pending`. It is `false` only if the user chose that.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

NAME = "DeletionProtection"
PENDING = {NAME: "pending"}
ON = {NAME: "true"}


class Deployer(Protocol):
    """Creates or changes the stack."""

    def deploy(self, values: Mapping[str, str], *, ask: bool = True) -> int: ...


def protection_step(values: Mapping[str, str], kept: Mapping[str, str] | None) -> dict[str, str]:
    """Return the protection to deploy, given the new values and those of an existing stack."""
    if kept is None:
        return {} if values.get(NAME) == "false" else PENDING
    # If the second change did not happen, the next deployment makes it.
    return ON if values.get(NAME, kept.get(NAME)) == "pending" else {}


def deploy_protected(
    sam: Deployer, values: Mapping[str, str], current: Callable[[], Mapping[str, str] | None]
) -> int:
    """Deploy, turn on a pending protection, and return the exit status.

    `current` returns the stack's parameters after the first step. The second step does not ask for
    confirmation.
    """
    status = sam.deploy(values)
    if status or not _pending(values):
        return status
    parameters = current()
    if parameters is None:
        print("Nothing is deployed: the change set was not executed.")
        return 0
    if not _pending(parameters):
        return 0
    print("\nThe stack is complete. Turning on deletion protection for its tables.", flush=True)
    status = sam.deploy({**values, **ON}, ask=False)
    if status:
        print("The tables are not protected from deletion yet. Run make deploy again.")
    else:
        print("The tables are now protected from deletion.")
    return status


def _pending(parameters: Mapping[str, str]) -> bool:
    return parameters.get(NAME) == PENDING[NAME]
