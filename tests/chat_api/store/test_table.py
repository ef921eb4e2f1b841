import asyncio
import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chat_api.store.rows import row
from chat_api.store.table import StoreUnavailable, Table

ROW = row("p", "item#1", "{}", 1.0)


class Faulty:
    """DynamoDB that fails each call with one error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def put_item(self, **_arguments: Any) -> Any:
        raise self.error


def client_error(code: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "PutItem")


def table_of(client: Any) -> Table:
    return Table(lambda: client, "threads")


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        client_error("InternalServerError", 500),
        client_error("ThrottlingException", 400),
        client_error("ProvisionedThroughputExceededException", 400),
    ],
)
async def test_a_passing_failure_is_told_as_such(error: Exception) -> None:
    with pytest.raises(StoreUnavailable) as raised:
        await table_of(Faulty(error)).put(ROW)
    assert "Please try again" in raised.value.message


async def test_a_mistake_of_ours_is_not_hidden_as_a_passing_failure() -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        await table_of(Faulty(client_error("ValidationException", 400))).put(ROW)


async def test_a_write_runs_to_its_end_although_its_caller_is_cancelled() -> None:
    begun, gate, written = threading.Event(), threading.Event(), threading.Event()

    class Slow:
        def put_item(self, **_arguments: Any) -> Any:
            begun.set()
            gate.wait(10)
            written.set()
            return {}

    writing = asyncio.create_task(table_of(Slow()).put(ROW))
    await asyncio.to_thread(begun.wait, 10)
    writing.cancel()
    await asyncio.sleep(0)
    assert not writing.done()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert written.is_set()


async def test_the_event_loop_is_free_while_a_call_is_under_way() -> None:
    gate = threading.Event()

    class Slow:
        def put_item(self, **_arguments: Any) -> Any:
            assert gate.wait(10)
            return {}

    writing = asyncio.create_task(table_of(Slow()).put(ROW))
    # Only a free loop gets here before the call has ended.
    gate.set()
    await writing


async def test_unprocessed_deletes_are_repeated() -> None:
    class Halving:
        """Deletes half of what it is given, as DynamoDB may under load."""

        def __init__(self) -> None:
            self.deleted: list[str] = []

        def batch_write_item(self, *, RequestItems: dict[str, list[Any]]) -> Any:
            requests = RequestItems["threads"]
            half = (len(requests) + 1) // 2
            self.deleted += [r["DeleteRequest"]["Key"]["sk"]["S"] for r in requests[:half]]
            return {"UnprocessedItems": {"threads": requests[half:]} if requests[half:] else {}}

    client = Halving()
    sorts = [f"item#{number:02}" for number in range(30)]
    await table_of(client).delete_all("p", sorts)
    assert client.deleted == sorts
