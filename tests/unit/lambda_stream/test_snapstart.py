"""SnapStart hooks, run as in awslambdaric."""

import asyncio
import importlib
import sys
from collections.abc import Iterator

import pytest

from lambda_stream.error_report import ErrorReport
from lambda_stream.runtime_api import RuntimeApi
from lambda_stream.snapstart import run_snapstart_hooks

hooks = importlib.import_module("snapshot_restore_py")


class SnapshottingApi(RuntimeApi):
    """Records requests for the restore, and reported errors."""

    def __init__(self, recorded: list[str]) -> None:
        super().__init__("")
        self.init_error: ErrorReport | None = None
        self.restore_error: ErrorReport | None = None
        self._recorded = recorded

    async def wait_for_restore(self) -> None:
        self._recorded.append("restored")

    async def post_init_error(self, report: ErrorReport) -> None:
        self.init_error = report

    async def post_restore_error(self, report: ErrorReport) -> None:
        self.restore_error = report


@pytest.fixture
def recorded() -> list[str]:
    return []


@pytest.fixture
def api(recorded: list[str]) -> SnapshottingApi:
    return SnapshottingApi(recorded)


@pytest.fixture(autouse=True)
def registries() -> Iterator[None]:
    """Clear the registries after a test."""
    yield
    hooks.get_before_snapshot().clear()
    hooks.get_after_restore().clear()


def no_such_table() -> None:
    raise LookupError("no such table")


async def test_the_restore_is_requested_between_the_hooks(
    api: SnapshottingApi, recorded: list[str]
) -> None:
    hooks.register_before_snapshot(recorded.append, "before")
    hooks.register_after_restore(recorded.append, "after")
    assert await run_snapstart_hooks(api) == 0
    assert recorded == ["before", "restored", "after"]


async def test_hooks_run_in_reverse_order_before_the_snapshot_and_in_order_after_it(
    api: SnapshottingApi, recorded: list[str]
) -> None:
    for name in ("first", "second"):
        hooks.register_before_snapshot(recorded.append, f"{name} before")
        hooks.register_after_restore(recorded.append, f"{name} after")
    await run_snapstart_hooks(api)
    assert recorded == ["second before", "first before", "restored", "first after", "second after"]


async def test_a_process_without_hooks_is_restored_too(
    api: SnapshottingApi, recorded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "snapshot_restore_py")
    assert await run_snapstart_hooks(api) == 0
    assert recorded == ["restored"]


async def test_a_hook_may_run_an_event_loop_of_its_own(
    api: SnapshottingApi, recorded: list[str]
) -> None:
    async def close() -> None:
        recorded.append("closed")

    hooks.register_before_snapshot(lambda: asyncio.run(close()))
    assert await run_snapstart_hooks(api) == 0
    assert recorded == ["closed", "restored"]


async def test_a_hook_that_fails_before_the_snapshot_is_an_init_error(
    api: SnapshottingApi, recorded: list[str]
) -> None:
    hooks.register_before_snapshot(no_such_table)
    assert await run_snapstart_hooks(api) == 64
    assert api.init_error is not None
    assert api.init_error.type == "Runtime.BeforeSnapshotError"
    assert api.init_error.message == "no such table"
    assert recorded == []


async def test_a_hook_that_fails_after_the_restore_is_a_restore_error(
    api: SnapshottingApi, recorded: list[str]
) -> None:
    hooks.register_after_restore(no_such_table)
    assert await run_snapstart_hooks(api) == 65
    assert api.restore_error is not None
    assert api.restore_error.type == "Runtime.AfterRestoreError"
    assert recorded == ["restored"]
