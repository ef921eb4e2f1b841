"""One deployment: all checks, which report every fault at once, then the build and `sam deploy`."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from local_stack.template.document import load_document
from stack_deploy.account import read_account, stack_parameters
from stack_deploy.concurrency import concurrency_notice
from stack_deploy.lookups import AccountLookups
from stack_deploy.make_variables import MakeVariables
from stack_deploy.model_access import bedrock_notices
from stack_deploy.parameter_values import choose_parameter_values, deployment_summary
from stack_deploy.protection import deploy_protected, protection_step
from stack_deploy.region import endpoint_notices, session_for
from stack_deploy.sam import Sam


@dataclass(frozen=True)
class Project:
    """What is deployed: the template, the built template, and sam's settings."""

    template: Path
    built: Path
    samconfig: Path
    sam: Path
    arch: str


def deploy(project: Project, stack: str, variables: MakeVariables) -> int:
    """Check, build and deploy, and return the exit status. Raise `NotReady` before the build.

    The environment in `variables` must be this process's environment, because boto3 reads that.
    """
    document = load_document(project.template)
    session = session_for(variables.environ, project.samconfig)
    account = read_account(session, stack)
    lookups = AccountLookups(session)
    chosen = choose_parameter_values(
        document, variables, account, lookups, stack=stack, arch=project.arch
    )
    values = chosen.values | protection_step(chosen.values, account.parameters)
    notices = [
        *endpoint_notices(variables.environ),
        *bedrock_notices(chosen.models, account.region),
        concurrency_notice(session.client("lambda")),
    ]
    print(
        deployment_summary(document, variables, values, account, stack),
        *notices,
        sep="\n",
        flush=True,
    )
    if failed := subprocess.run(["make", "build", f"ARCH={project.arch}"]).returncode:
        return failed
    sam = Sam(
        project.sam, project.samconfig, project.built, stack, account.region, variables.environ
    )
    return deploy_protected(sam, values, lambda: stack_parameters(session, stack))
