"""What the AWS account says before anything is deployed to it."""

from collections.abc import Mapping
from dataclasses import dataclass

import boto3
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

NO_REGION = "No region: export AWS_REGION, for example AWS_REGION=eu-central-1."
NO_CREDENTIALS = "No AWS credentials: sign in (for example `aws sso login`), or set AWS_PROFILE."


class NotReady(Exception):
    """Something must be done by a person first; the message is that sentence."""


@dataclass(frozen=True)
class Account:
    """Where a deployment goes. `parameters` are those of the stack as it stands, if it does."""

    id: str
    region: str
    parameters: Mapping[str, str] | None
    has_api_log_role: bool


def look(session: boto3.session.Session, stack: str) -> Account:
    """Ask the account. Raises `NotReady` with what to do first."""
    if session.region_name is None:
        raise NotReady(NO_REGION)
    try:
        identity = session.client("sts").get_caller_identity()
        return Account(
            id=identity["Account"],
            region=session.region_name,
            parameters=_stack_parameters(session, stack),
            has_api_log_role="cloudwatchRoleArn" in session.client("apigateway").get_account(),
        )
    except NoCredentialsError:
        raise NotReady(NO_CREDENTIALS) from None
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        raise NotReady(f"AWS refused {error.operation_name} ({code}). {_advice(code)}") from error
    except BotoCoreError as error:
        raise NotReady(f"AWS cannot be reached: {error}") from error


def _advice(code: str) -> str:
    if "Expired" in code or "InvalidClientTokenId" in code:
        return "Your credentials have ended: sign in again."
    return "Deploy with a role that may do this."


def _stack_parameters(session: boto3.session.Session, stack: str) -> dict[str, str] | None:
    try:
        answer = session.client("cloudformation").describe_stacks(StackName=stack)
    except ClientError as error:
        # CloudFormation's answer for a stack that does not exist.
        if error.response.get("Error", {}).get("Code") == "ValidationError":
            return None
        raise
    [found] = answer["Stacks"]
    status = found["StackStatus"]
    if status == "DELETE_COMPLETE":
        return None
    if status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"):
        raise NotReady(
            f"The stack {stack} is in {status} and takes no change: delete it first with"
            f" `aws cloudformation delete-stack --stack-name {stack}`."
        )
    if status.endswith("_IN_PROGRESS"):
        raise NotReady(f"The stack {stack} is being changed right now ({status}): wait for it.")
    return {p["ParameterKey"]: p["ParameterValue"] for p in found.get("Parameters", [])}
