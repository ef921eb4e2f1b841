"""The notice about the account's Lambda quota before a deployment."""

from collections.abc import Callable

import boto3
import pytest
from botocore.stub import Stubber

from stack_deploy.concurrency import concurrency_notice

NoticeOf = Callable[[int, int], str]


@pytest.fixture
def notice_of() -> NoticeOf:
    def notice(total: int, unreserved: int) -> str:
        client = boto3.client("lambda", region_name="eu-central-1")
        limit = {"ConcurrentExecutions": total, "UnreservedConcurrentExecutions": unreserved}
        with Stubber(client) as stub:
            stub.add_response("get_account_settings", {"AccountLimit": limit})
            return concurrency_notice(client)

    return notice


def test_reserved_executions_do_not_count_as_answers(notice_of: NoticeOf) -> None:
    notice = notice_of(1000, 900)
    assert "1000 concurrent executions" in notice
    assert "at most 900 answers at the same time" in notice


def test_a_sufficient_quota_gives_no_advice(notice_of: NoticeOf) -> None:
    assert "service-quotas" not in notice_of(1000, 100)


@pytest.mark.parametrize(("total", "unreserved"), [(10, 10), (1000, 99)])
def test_a_low_quota_shows_the_command_that_requests_more(
    notice_of: NoticeOf, total: int, unreserved: int
) -> None:
    notice = notice_of(total, unreserved)
    assert "aws service-quotas request-service-quota-increase --service-code lambda" in notice
    assert "--region eu-central-1" in notice


@pytest.mark.parametrize("code", ["AccessDeniedException", "TooManyRequestsException"])
def test_a_quota_that_cannot_be_read_is_reported(code: str) -> None:
    client = boto3.client("lambda", region_name="eu-central-1")
    with Stubber(client) as stub:
        stub.add_client_error("get_account_settings", code)
        notice = concurrency_notice(client)
    assert code in notice
    assert "lambda:GetAccountSettings" in notice
