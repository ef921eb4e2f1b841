"""Reads the state of the AWS account and the stack before a deployment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
)

API_KEY_SECRET = "OpenAISecret"
NO_CREDENTIALS = "No AWS credentials: sign in (for example `aws sso login`), or set AWS_PROFILE."


class NotReady(Exception):
    """The user must do something first. The message says what."""


@dataclass(frozen=True)
class Account:
    """The target of a deployment. `parameters` are those of the existing stack, if there is one."""

    id: str
    region: str
    parameters: Mapping[str, str] | None
    has_api_log_role: bool
    # CloudFormation hides the parameter, but the secret is there only if the stack has a key.
    has_api_key: bool = False


def read_account(session: boto3.session.Session, stack: str) -> Account:
    """Read the account's state. Raise `NotReady` with what to do first."""
    try:
        identity = session.client("sts").get_caller_identity()
        parameters = stack_parameters(session, stack)
        return Account(
            id=identity["Account"],
            region=session.region_name,
            parameters=parameters,
            has_api_log_role="cloudwatchRoleArn" in session.client("apigateway").get_account(),
            has_api_key=parameters is not None and _has_resource(session, stack, API_KEY_SECRET),
        )
    except NoCredentialsError:
        raise NotReady(NO_CREDENTIALS) from None
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        raise NotReady(f"AWS refused {error.operation_name} ({code}). {_advice(code)}") from error
    except (EndpointConnectionError, ConnectTimeoutError) as error:
        raise NotReady(
            f"AWS cannot be reached: {error} Is {session.region_name} a region?"
        ) from error
    except BotoCoreError as error:
        raise NotReady(f"Your AWS credentials cannot be used: {error}") from error


def stack_parameters(session: boto3.session.Session, stack: str) -> dict[str, str] | None:
    """Return the existing stack's parameters, or None without one.

    Raise `NotReady` if the stack cannot be changed, or cannot have this name.
    """
    try:
        answer = session.client("cloudformation").describe_stacks(StackName=stack)
    except ClientError as error:
        reason = error.response.get("Error", {})
        # CloudFormation has no separate error code for a stack that does not exist.
        if reason.get("Code") != "ValidationError":
            raise
        if "does not exist" in reason.get("Message", ""):
            return None
        raise NotReady(f"The stack cannot be named {stack!r}: {reason.get('Message')}") from error
    return parameters_of(answer["Stacks"][0], session.region_name)


def _has_resource(session: boto3.session.Session, stack: str, name: str) -> bool:
    pages = session.client("cloudformation").get_paginator("list_stack_resources")
    return any(
        each["LogicalResourceId"] == name and each["ResourceStatus"] != "DELETE_COMPLETE"
        for page in pages.paginate(StackName=stack)
        for each in page["StackResourceSummaries"]
    )


def parameters_of(stack: Mapping[str, Any], region: str) -> dict[str, str] | None:
    """Return the parameters of a described stack, or None if it has no resources.

    Raise `NotReady` if the stack cannot be changed in its current state.
    """
    name, status = stack["StackName"], stack["StackStatus"]
    # A stack in review has a first change set that was not executed, so it has no resources yet.
    if status in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS"):
        return None
    if advice := _stuck(status, f"--stack-name {name} --region {region}"):
        raise NotReady(f"The stack {name} is in {status} and cannot be changed. {advice}")
    if status.endswith("_IN_PROGRESS"):
        raise NotReady(
            f"The stack {name} is being changed right now ({status}). Wait until that ends."
        )
    return {p["ParameterKey"]: p["ParameterValue"] for p in stack.get("Parameters", [])}


def _stuck(status: str, which: str) -> str | None:
    """Return what to do about a stack whose state a deployment cannot change, or None."""
    delete = f"Delete it first: `aws cloudformation delete-stack {which}`."
    if status == "ROLLBACK_COMPLETE":
        return f"Its first deployment failed, and its tables are gone. {delete}"
    if status in ("CREATE_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED"):
        return (
            f"See what is left of it: `aws cloudformation describe-stack-resources {which}`."
            f" {delete} This keeps its tables and its bucket (docs/guides/deploy.md)."
        )
    if status in ("UPDATE_ROLLBACK_FAILED", "IMPORT_ROLLBACK_FAILED"):
        return f"Finish the rollback: `aws cloudformation continue-update-rollback {which}`."
    return None


def _advice(code: str) -> str:
    if "Expired" in code or code in ("InvalidClientTokenId", "UnrecognizedClientException"):
        return "Sign in again, or check that this region is enabled for your account."
    return "Deploy with a role that has this permission."
