"""The two ways to verify a login's tokens. A stack needs exactly one of their parameters."""

from collections.abc import Mapping, Sequence

from stack_deploy.parameters import Parameter

SECRET, KEYS_URL = "IdentitySharedSecret", "IdentityJwksUrl"


def login_fault(
    parameters: Sequence[Parameter], values: Mapping[str, str], kept: Mapping[str, str]
) -> str | None:
    """Return what is wrong with the choice between the two, or None.

    `values` are set now. `kept` are the stack's own, in which secrets are hidden.
    """
    variables = " or ".join(p.variable for p in parameters if p.name in (SECRET, KEYS_URL))
    given = _given(parameters, values)
    if len(given) > 1:
        return f"{variables}: set only one, because a login's tokens are verified in one way."
    loses_url = values.get(KEYS_URL) == "" and kept.get(KEYS_URL, "") != ""
    loses_secret = SECRET in values and kept.get(KEYS_URL, "") == ""
    if not given and (loses_url or loses_secret or not kept):
        return (
            f"{variables} is missing: the secret that your login shares, or the address where it"
            " publishes its keys."
        )
    return None


def replaced_login(
    parameters: Sequence[Parameter], values: Mapping[str, str], kept: Mapping[str, str]
) -> dict[str, str]:
    """Return the default for each parameter that the one set now replaces."""
    given = _given(parameters, values)
    others = {SECRET, KEYS_URL} & kept.keys() - set(given)
    return {p.name: p.default for p in parameters if given and p.name in others}


def _given(parameters: Sequence[Parameter], values: Mapping[str, str]) -> list[str]:
    return [
        p.name
        for p in parameters
        if p.name in (SECRET, KEYS_URL) and values.get(p.name, p.default) != p.default
    ]
