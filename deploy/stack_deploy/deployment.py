"""One deployment: every check first, each fault told at once, then `sam deploy`."""

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import boto3
import yaml

from stack_deploy.account import Account, NotReady, look
from stack_deploy.login import login_fault, replaced_login
from stack_deploy.parameters import Parameter, read_parameters

API_LOG_ROLE = "ApiLogRole"


def chosen(
    parameters: Sequence[Parameter], environ: Mapping[str, str], account: Account
) -> dict[str, str]:
    """The values to deploy with. What a stack already has and nobody gives anew it keeps.

    Raises `NotReady` that names every variable that is missing or bad.
    """
    kept = account.parameters or {}
    values = {p.name: environ[p.variable] for p in parameters if environ.get(p.variable)}
    if API_LOG_ROLE not in {*values, *kept}:
        values[API_LOG_ROLE] = "existing" if account.has_api_log_role else "create"
    faults = [
        f"  {p.variable}: {fault}"
        for p in parameters
        if p.name in values and (fault := p.fault(values[p.name]))
    ]
    faults += [
        f"  {p.variable} is missing: {p.definition['Description']}"
        for p in parameters
        if p.required and p.name not in {*values, *kept}
    ]
    if fault := login_fault(parameters, values, kept):
        faults.append(f"  {fault}")
    if faults:
        raise NotReady("\n".join(["Not deployed. Export what is missing or wrong:", *faults]))
    return values | replaced_login(parameters, values, kept)


def told(
    parameters: Sequence[Parameter], values: Mapping[str, str], stack: str, account: Account
) -> str:
    """What will be deployed where, for a person; secrets are not shown."""
    verb = "Changes" if account.parameters is not None else "Creates"
    lines = [f"{verb} the stack {stack} in account {account.id}, region {account.region}, with"]
    lines += [
        f"  {p.name} = {'(secret)' if p.secret else values[p.name]}"
        for p in parameters
        if p.name in values
    ]
    return "\n".join(lines)


def deploy(
    template: Path, built: Path, sam: Path, arch: str, stack: str, environ: Mapping[str, str]
) -> int:
    """Check, tell, and run `sam deploy`, whose exit status is returned. Raises `NotReady`."""
    parameters = read_parameters(template)
    session = boto3.session.Session()
    account = look(session, stack)
    values = chosen(parameters, environ, account) | {"Architecture": arch}
    print(told(parameters, values, stack, account), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        # A file that only its owner may read: arguments can be seen by every process.
        file = Path(folder) / "parameters.yaml"
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            yaml.safe_dump(values, opened)
        command = [str(sam), "deploy", "--template-file", str(built), "--stack-name", stack]
        command += ["--region", account.region, "--parameter-overrides", f"file://{file}"]
        return subprocess.run(command, env=dict(environ)).returncode
