"""How many answers can run at the same time under the account's Lambda quota."""

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

# AWS's usual quota is 1,000; a new account may have 10.
LOW = 100
# "Concurrent executions" of Lambda in Service Quotas.
QUOTA_CODE = "L-B99A9384"


def concurrency_notice(client: "LambdaClient") -> str:
    """Return what the quota allows, with advice if it is low, or say why it cannot be read."""
    try:
        limit = client.get_account_settings()["AccountLimit"]
        total, free = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    except (BotoCoreError, ClientError, KeyError) as error:
        return (
            f"The quota for concurrent Lambda executions cannot be read ({error}). Look it up in"
            " the Service Quotas console, or allow lambda:GetAccountSettings."
        )
    notice = (
        f"Lambda runs up to {total} concurrent executions in this region, {free} of them"
        f" unreserved: at most {free} answers at the same time. Tool calls, sessions and your"
        " other functions share this quota."
    )
    if free >= LOW:
        return notice
    return (
        f"{notice}\nThat is low. Request more: aws service-quotas request-service-quota-increase"
        f" --service-code lambda --quota-code {QUOTA_CODE} --desired-value 1000"
        f" --region {client.meta.region_name}"
    )
