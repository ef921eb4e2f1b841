"""Checks the secrets that settings name for mistakes that would show only in AWS."""

from stack_deploy.lookups import Lookups


def secret_fault(secret: str, folder: str, lookups: Lookups) -> str | None:
    """Return what is wrong with a secret whose name must begin with `folder`, or None."""
    # A secret may also be given by its ARN.
    if not secret.rpartition(":secret:")[2].startswith(folder):
        return f"must begin with {folder}, or the chat function may not read it"
    if lookups.lacks_secret(secret):
        return "names no secret of this account and region"
    return None
