"""Counts the requests of clients to DynamoDB and S3, and their cost.

DynamoDB returns the consumed units on demand. Production code does not need them, so botocore hooks
request them here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.model import OperationModel
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

# Dollars per million request units, on demand in us-east-1 since November 2024.
# Source: aws.amazon.com/dynamodb/pricing/on-demand.
READ_PRICE = 0.125
WRITE_PRICE = 0.625
READS = frozenset({"GetItem", "BatchGetItem", "Query"})


@dataclass(frozen=True)
class Spent:
    """Requests to DynamoDB and to S3, each attempt counted, and DynamoDB's units."""

    requests: float = 0
    s3_requests: float = 0
    read_units: float = 0
    write_units: float = 0

    @property
    def dollars(self) -> float:
        """DynamoDB's price in dollars per million."""
        return self.read_units * READ_PRICE + self.write_units * WRITE_PRICE


class Meter:
    """Counts what the watched clients send, from any thread."""

    def __init__(self) -> None:
        # Appending is atomic; adding to a number is not.
        self._requests: list[str] = []
        self._units: list[tuple[str, float]] = []

    def watch(self, client: DynamoDBClient | S3Client) -> None:
        service = client.meta.service_model.service_name
        client.meta.events.register(f"request-created.{service}", self._sent)
        if service == "dynamodb":
            client.meta.events.register("before-parameter-build.dynamodb", _ask_for_units)
            client.meta.events.register("after-call.dynamodb", self._answered)

    def take(self) -> Spent:
        """Return what was spent since the last call, and start again at zero."""
        requests, self._requests = self._requests, []
        units, self._units = self._units, []
        return Spent(
            requests.count("dynamodb"),
            requests.count("s3"),
            sum(each for operation, each in units if operation in READS),
            sum(each for operation, each in units if operation not in READS),
        )

    def _sent(self, event_name: str, **_: Any) -> None:
        self._requests.append(event_name.split(".")[1])

    def _answered(self, parsed: Mapping[str, Any], model: OperationModel, **_: Any) -> None:
        consumed = parsed.get("ConsumedCapacity", [])
        for each in consumed if isinstance(consumed, list) else [consumed]:
            self._units.append((model.name, each["CapacityUnits"]))


def _ask_for_units(params: dict[str, Any], **_: Any) -> None:
    params["ReturnConsumedCapacity"] = "TOTAL"
