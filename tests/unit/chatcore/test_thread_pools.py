"""Thread pools run blocking calls without blocking one another."""

import asyncio
import threading
from contextvars import ContextVar

import pytest

from chatcore.aws import AwsClients
from chatcore.thread_pools import FILES, KEYS, ROWS, TOOLS, Pool

caller: ContextVar[str] = ContextVar("caller", default="")


async def test_a_full_pool_does_not_block_another() -> None:
    full, other, release = Pool("full", 2), Pool("other", 1), threading.Event()
    hanging = [full.run(release.wait) for _ in range(9)]
    assert await other.run(lambda: "answered") == "answered"
    assert not any(each.done() for each in hanging)
    release.set()
    assert all(await asyncio.gather(*hanging))


async def test_a_queued_call_is_dropped_when_its_caller_is_canceled() -> None:
    pool, release, made = Pool("one", 1), threading.Event(), list[str]()
    hanging = pool.run(release.wait)
    waiting = pool.run(made.append, "late")
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    release.set()
    await hanging
    assert await pool.run(lambda: "after") == "after"
    assert made == []


async def test_a_call_sees_its_callers_context() -> None:
    caller.set("alice")
    assert await Pool("one", 1).run(caller.get) == "alice"


@pytest.mark.parametrize(
    ("pool", "service"),
    [(ROWS, "dynamodb"), (KEYS, "secretsmanager"), (FILES, "s3"), (TOOLS, "functions")],
    ids=["rows", "keys", "files", "tools"],
)
def test_each_client_has_a_connection_for_each_thread_of_its_pool(
    aws: None, pool: Pool, service: str
) -> None:
    client = getattr(AwsClients(), service)
    assert pool.size == client.meta.config.max_pool_connections
