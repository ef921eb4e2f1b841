"""A write ends before its function's deadline, even when requests fail."""

from typing import Any

from botocore.retries.standard import ExponentialBackoff, RetryContext

from chat_api.api.routes import DEADLINE_MARGIN_SECONDS
from chat_api.store.batch_writes import FIRST_PAUSE_SECONDS, PUT_ATTEMPTS
from chat_api.store.blobs import SLOW_PUT_SECONDS
from chatcore.aws import AwsClients


class Throttled:
    """Reports every response as throttled, because botocore then waits longest."""

    def is_throttling_error_from_context(self, _context: object) -> bool:
        return True


def worst_seconds(client: Any) -> float:
    """Return the longest duration of one request: all attempts and botocore's longest pauses."""
    config = client.meta.config
    attempts = config.retries["total_max_attempts"]
    throttled: Any = Throttled()
    backoff = ExponentialBackoff(
        random=lambda: 1.0,
        service_name=client.meta.service_model.service_name,
        throttling_detector=throttled,
    )
    pauses = [
        backoff.delay_amount(RetryContext(attempt_number=number)) for number in range(1, attempts)
    ]
    return float(attempts * (config.connect_timeout + config.read_timeout) + sum(pauses))


def test_a_rows_write_ends_within_the_margin_even_after_a_slow_put_of_its_object(
    aws: None,
) -> None:
    # The pauses of a batch of which DynamoDB processes nothing.
    pauses = sum(FIRST_PAUSE_SECONDS * 2**number for number in range(PUT_ATTEMPTS - 1))
    longest = SLOW_PUT_SECONDS + pauses + worst_seconds(AwsClients().dynamodb)
    assert longest < DEADLINE_MARGIN_SECONDS


def test_an_objects_put_ends_within_the_margin(aws: None) -> None:
    assert worst_seconds(AwsClients().s3) < DEADLINE_MARGIN_SECONDS
