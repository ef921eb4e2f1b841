"""When the tables of a stack become protected from deletion."""

from collections.abc import Mapping

import pytest

from stack_deploy.protection import deploy_protected, protection_step

PENDING = {"DeletionProtection": "pending"}
ON = {"DeletionProtection": "true"}
OFF = {"DeletionProtection": "false"}


class Sam:
    """Ends each deployment with the next status, and records its values."""

    def __init__(self, *statuses: int) -> None:
        self._statuses = list(statuses)
        self.deployed: list[tuple[str, bool]] = []

    def deploy(self, values: Mapping[str, str], *, ask: bool = True) -> int:
        self.deployed.append((values["DeletionProtection"], ask))
        return self._statuses.pop(0)


@pytest.mark.parametrize(
    ("given", "kept", "step"),
    [
        ({}, None, PENDING),
        (ON, None, PENDING),
        (PENDING, None, PENDING),
        (OFF, None, {}),
        # A stack whose second change was interrupted, failed, or came from another tool.
        ({}, PENDING, ON),
        (OFF, PENDING, {}),
        (PENDING, OFF, ON),
        # A choice is kept and can be changed.
        ({}, ON, {}),
        ({}, OFF, {}),
        (OFF, ON, {}),
        (ON, OFF, {}),
        # A stack older than the parameter, or with imported tables: the template's default applies.
        ({}, {}, {}),
    ],
)
def test_a_deployment_takes_the_next_protection_step(
    given: dict[str, str], kept: dict[str, str] | None, step: dict[str, str]
) -> None:
    assert protection_step(given, kept) == step


def test_a_complete_stack_is_protected_without_another_confirmation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sam = Sam(0, 0)
    assert deploy_protected(sam, PENDING, lambda: PENDING) == 0
    assert sam.deployed == [("pending", True), ("true", False)]
    assert "The tables are now protected from deletion." in capsys.readouterr().out


def test_a_failed_protection_is_reported_and_fails_the_deployment(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert deploy_protected(Sam(0, 1), PENDING, lambda: PENDING) == 1
    assert "Run make deploy again" in capsys.readouterr().out


def test_a_stack_that_was_not_created_is_not_protected(capsys: pytest.CaptureFixture[str]) -> None:
    sam = Sam(0)
    assert deploy_protected(sam, PENDING, lambda: None) == 0
    assert sam.deployed == [("pending", True)]
    assert "Nothing is deployed" in capsys.readouterr().out


def test_a_first_step_that_fails_ends_the_deployment() -> None:
    sam = Sam(1)
    assert deploy_protected(sam, PENDING, lambda: PENDING) == 1
    assert sam.deployed == [("pending", True)]


@pytest.mark.parametrize("chosen", [ON, OFF])
def test_a_deployment_with_nothing_pending_has_one_step(chosen: dict[str, str]) -> None:
    sam = Sam(0)
    assert deploy_protected(sam, chosen, lambda: chosen) == 0
    assert sam.deployed == [(chosen["DeletionProtection"], True)]
