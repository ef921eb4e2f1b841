"""Which stacks a deployment may change, by their CloudFormation state."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from stack_deploy.account import NotReady, parameters_of, stack_parameters

WHICH = "--stack-name chatkit --region eu-central-1"


def parameters_in(status: str) -> dict[str, str] | None:
    parameter = {"ParameterKey": "LogLevel", "ParameterValue": "DEBUG"}
    stack = {"StackName": "chatkit", "StackStatus": status, "Parameters": [parameter]}
    return parameters_of(stack, "eu-central-1")


def refusal_in(status: str) -> str:
    with pytest.raises(NotReady) as raised:
        parameters_in(status)
    return str(raised.value)


@pytest.mark.parametrize(
    "status",
    ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"],
)
def test_the_parameters_of_an_idle_stack_are_returned(status: str) -> None:
    assert parameters_in(status) == {"LogLevel": "DEBUG"}


def test_a_stack_whose_first_change_set_was_declined_does_not_exist_yet() -> None:
    assert parameters_in("REVIEW_IN_PROGRESS") is None


def test_a_deleted_stack_does_not_exist() -> None:
    assert parameters_in("DELETE_COMPLETE") is None


def test_a_stack_that_is_being_changed_is_refused() -> None:
    assert "Wait until that ends" in refusal_in("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")


def test_a_rolled_back_first_deployment_must_be_deleted_first() -> None:
    refusal = refusal_in("ROLLBACK_COMPLETE")
    assert f"`aws cloudformation delete-stack {WHICH}`" in refusal
    assert "its tables are gone" in refusal


@pytest.mark.parametrize("status", ["CREATE_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED"])
def test_the_remains_of_a_failed_deletion_must_be_checked_first(status: str) -> None:
    refusal = refusal_in(status)
    assert f"`aws cloudformation describe-stack-resources {WHICH}`" in refusal
    assert "docs/guides/deploy.md" in refusal


@pytest.mark.parametrize("status", ["UPDATE_ROLLBACK_FAILED", "IMPORT_ROLLBACK_FAILED"])
def test_a_failed_rollback_must_be_finished(status: str) -> None:
    refusal = refusal_in(status)
    assert f"`aws cloudformation continue-update-rollback {WHICH}`" in refusal
    assert "delete-stack" not in refusal


class Session(boto3.session.Session):
    """A session that always returns the given client."""

    def __init__(self, client: Any) -> None:
        super().__init__(region_name="eu-central-1")
        self._client = client

    def client(self, *_: Any, **__: Any) -> Any:
        return self._client


def test_an_invalid_stack_name_is_refused() -> None:
    client = boto3.client("cloudformation", region_name="eu-central-1")
    reason = "Value 'my stack' at 'stackName' failed to satisfy constraint"
    with Stubber(client) as stub:
        stub.add_client_error("describe_stacks", "ValidationError", reason)
        with pytest.raises(NotReady, match="cannot be named 'my stack'"):
            stack_parameters(Session(client), "my stack")
