"""How many examples Hypothesis tries, and the engine that they use."""

import asyncio
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings

from chatcore.thread_pools import FILES, ROWS
from tests.store.contract.backend import Clients, clients
from tests.store.contract.engines import Engine, dynoxide, find_dynoxide, moto
from tests.store.property.inline_executor import InlineExecutor

# The examples are the same in every run, so a run fails only for a bug in the change under test.
# DEEP=1 looks for new bugs and shrinks their examples.
COMMON = settings(
    deadline=None,
    database=None,
    print_blob=False,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    stateful_step_count=40,
)
settings.register_profile(
    "small", COMMON, max_examples=20, derandomize=True, phases=[Phase.generate]
)
settings.register_profile("deep", COMMON, max_examples=400)
settings.load_profile("deep" if "DEEP" in os.environ else "small")


@pytest.fixture(scope="session")
def aws_clients() -> Iterator[Clients]:
    """Return clients of dynoxide, which is faster, or else of moto."""
    binary = find_dynoxide(os.environ)
    with moto() as address:
        if not binary:
            with clients(Engine("moto", address, address)) as made:
                yield made
            return
        with dynoxide(binary) as dynamodb, clients(Engine("dynoxide", dynamodb, address)) as made:
            yield made


@pytest.fixture(autouse=True)
def inline_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the order of concurrent requests independent of the machine's threads."""
    for pool in (ROWS, FILES):
        monkeypatch.setattr(pool, "_threads", InlineExecutor())


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running
