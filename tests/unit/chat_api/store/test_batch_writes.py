"""Batch writes that DynamoDB may process only in part."""

from typing import Any

import pytest

from chat_api.store.aws_calls import StoreUnavailable
from chat_api.store.batch_writes import DELETE_ATTEMPTS, PUT_ATTEMPTS
from chat_api.store.rows import new_row
from chat_api.store.table import ThreadsTable


class PartialClient:
    """A client that processes a share of each batch, as DynamoDB may under load."""

    def __init__(self, *, share: float = 0.5) -> None:
        self.share = share
        self.calls = 0
        self.deleted: list[str] = []

    def batch_write_item(self, *, RequestItems: dict[str, list[Any]]) -> Any:
        self.calls += 1
        requests = RequestItems["threads"]
        done = int(len(requests) * self.share + self.share)
        self.deleted += [each["DeleteRequest"]["Key"]["sk"]["S"] for each in requests[:done]]
        return {"UnprocessedItems": {"threads": requests[done:]} if requests[done:] else {}}


def table_of(client: Any) -> ThreadsTable:
    return ThreadsTable(lambda: client, "threads", jitter=lambda: 0.0)


async def test_unprocessed_deletes_are_repeated() -> None:
    client = PartialClient()
    sorts = [f"item#{number:02}" for number in range(30)]
    await table_of(client).delete_all("p", sorts)
    assert client.deleted == sorts


async def test_a_batch_that_is_never_finished_raises_store_unavailable() -> None:
    client = PartialClient(share=0)
    with pytest.raises(StoreUnavailable):
        await table_of(client).delete_all("p", ["item#1"])
    assert client.calls == DELETE_ATTEMPTS


async def test_puts_are_attempted_less_often_than_deletes() -> None:
    client = PartialClient(share=0)
    with pytest.raises(StoreUnavailable):
        await table_of(client).put_all([new_row("p", "item#1", "{}", 5)])
    assert client.calls == PUT_ATTEMPTS < DELETE_ATTEMPTS
