"""The two parameters of which a stack needs exactly one: how a login's tokens are verified."""

from collections.abc import Mapping, Sequence

from stack_deploy.parameters import Parameter

NAMES = ("IdentitySharedSecret", "IdentityJwksUrl")


def login_fault(
    parameters: Sequence[Parameter], values: Mapping[str, str], kept: Mapping[str, str]
) -> str | None:
    """What is wrong with the choice between the two; None for a good one."""
    variables = " or ".join(p.variable for p in _either(parameters))
    given = _given(parameters, values)
    if len(given) > 1:
        return f"{variables}: export one of them, a login's tokens are verified in one way."
    if not given and (set(NAMES) & set(values) or not kept):
        return f"{variables} is missing: your login's shared secret, or where it publishes its keys"
    return None


def replaced_login(
    parameters: Sequence[Parameter], values: Mapping[str, str], kept: Mapping[str, str]
) -> dict[str, str]:
    """The one that the stack has and the other, given anew, takes the place of: at its default."""
    given = _given(parameters, values)
    others = [p for p in _either(parameters) if p not in given and p.name in kept]
    return {p.name: str(p.definition["Default"]) for p in others if given}


def _either(parameters: Sequence[Parameter]) -> list[Parameter]:
    return [p for p in parameters if p.name in NAMES]


def _given(parameters: Sequence[Parameter], values: Mapping[str, str]) -> list[Parameter]:
    return [
        p
        for p in _either(parameters)
        if p.name in values and values[p.name] != p.definition["Default"]
    ]
