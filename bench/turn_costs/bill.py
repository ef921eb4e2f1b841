"""AWS's charges for a turn, by the list prices of us-east-1 in November 2026.

Sources: the pricing pages of AWS Lambda, Amazon API Gateway, Amazon CloudWatch, AWS Secrets Manager
and Amazon EC2 (data transfer). Free tiers and volume discounts are not included.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

GB = 10**9
MILLION = 10**6
GB_SECOND = 0.0000166667
INVOCATION = 0.20 / MILLION
API_REQUEST = 3.50 / MILLION
# API Gateway bills a streamed response once per started 10 MB.
BYTES_A_REQUEST = 10 * 10**6
LOGGED_GB = 0.50
SENT_GB = 0.09
SECRET_A_MONTH = 0.40
SECRET_READ = 0.05 / 10_000
MONTH_SECONDS = 30 * 24 * 3600
# A read requests the current and the previous version.
CALLS_A_READ = 2


@dataclass(frozen=True)
class Turn:
    """The measurements of a turn: its seconds, and the bytes that it sends and logs."""

    seconds: float
    sent: int
    logged: int
    dynamodb_dollars_a_million: float

    def lines(self, memory_mb: int) -> Iterator[tuple[str, float]]:
        """Yield each item of the bill with its dollars for a million turns."""
        gb_seconds = self.seconds * memory_mb / 1024
        yield (
            f"chatkit function, {gb_seconds:.0f} GB-seconds and 1 request",
            (gb_seconds * GB_SECOND + INVOCATION) * MILLION,
        )
        requests = -(-self.sent // BYTES_A_REQUEST)
        yield f"API Gateway, {requests} request", requests * API_REQUEST * MILLION
        yield "DynamoDB, as above", self.dynamodb_dollars_a_million
        yield f"CloudWatch, {self.logged} bytes", self.logged / GB * LOGGED_GB * MILLION
        yield f"data transfer out, {self.sent} bytes", self.sent / GB * SENT_GB * MILLION


@dataclass(frozen=True)
class Reads:
    """The secret reads of an always busy environment in a month of 30 days."""

    calls: int

    @classmethod
    def of(cls, secrets: int, every_seconds: float) -> Self:
        return cls(secrets * CALLS_A_READ * int(MONTH_SECONDS / every_seconds))

    @property
    def dollars(self) -> float:
        return self.calls * SECRET_READ
