"""One deployment: every check first, with all faults at once; then the build and `sam deploy`."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stack_deploy.account import Account, NotReady, look, stack_parameters
from stack_deploy.concurrency import concurrency_notice
from stack_deploy.login import login_fault, replaced_login
from stack_deploy.parameters import Parameter, read_parameters
from stack_deploy.protection import deploy_protected, protection_step
from stack_deploy.region import endpoint_notices, session_for
from stack_deploy.sam import Sam

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


@dataclass(frozen=True)
class Project:
    """What is deployed: the template as it is written and as it is built, and sam's settings."""

    template: Path
    built: Path
    samconfig: Path
    sam: Path
    arch: str


def deploy(project: Project, stack: str, environ: Mapping[str, str]) -> int:
    """Check, build and deploy; return the exit status. Raise `NotReady` before any of it.

    The environment is that of this process too: boto3 reads its own.
    """
    parameters = read_parameters(project.template)
    session = session_for(environ, project.samconfig)
    account = look(session, stack)
    values = chosen(parameters, environ, account) | {"Architecture": project.arch}
    values |= protection_step(values, account.parameters)
    notices = [*endpoint_notices(environ), concurrency_notice(session.client("lambda"))]
    print(told(parameters, values, stack, account), *notices, sep="\n", flush=True)
    if failed := subprocess.run(["make", "build", f"ARCH={project.arch}"]).returncode:
        return failed
    sam = Sam(project.sam, project.samconfig, project.built, stack, account.region, environ)
    return deploy_protected(sam, values, lambda: stack_parameters(session, stack))
