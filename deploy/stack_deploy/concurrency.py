"""How many answers the account's Lambda quota lets run at the same time."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

# AWS's usual quota is 1,000; a new account may have 10.
LOW = 100
# "Concurrent executions" of Lambda in Service Quotas.
QUOTA_CODE = "L-B99A9384"


def concurrency_notice(client: "LambdaClient") -> str:
    """Return what the quota allows, with advice when it is low; or that it could not be read."""
    try:
        limit = client.get_account_settings()["AccountLimit"]
        total, free = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    except (BotoCoreError, ClientError, KeyError) as error:
        return (
            f"The quota of simultaneous Lambda executions is unknown ({error}): look at it in the"
            " Service Quotas console. To read it takes lambda:GetAccountSettings."
        )
    notice = (
        f"Lambda runs {total} executions at the same time in this region, {free} of them not"
        f" reserved: at most {free} answers at the same time. Tool calls, sessions and your other"
        " functions take from the same pool."
    )
    if free >= LOW:
        return notice
    return (
        f"{notice}\nThat is low. Ask for more: aws service-quotas request-service-quota-increase"
        f" --service-code lambda --quota-code {QUOTA_CODE} --desired-value 1000"
        f" --region {client.meta.region_name}"
    )
