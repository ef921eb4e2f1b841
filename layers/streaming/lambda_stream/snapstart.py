"""SnapStart: Lambda snapshots the process after its init and serves from restored copies.

https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html
The order of the hooks, the requests and the exit statuses match awslambdaric, AWS's own client.
"""

import asyncio
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from lambda_stream.error_report import ErrorReport
from lambda_stream.log import log_error
from lambda_stream.runtime_api import RuntimeApi

type Hook = tuple[Callable[..., object], tuple[Any, ...], dict[str, Any]]

BEFORE_SNAPSHOT_FAILED = 64
AFTER_RESTORE_FAILED = 65


async def run_snapstart_hooks(api: RuntimeApi) -> int:
    """Run the hooks before the snapshot, wait for the restore, and run the hooks after it.

    Return 0, or the status with which the process must exit.
    """
    try:
        await _run(reversed(_registered("get_before_snapshot")))
    except Exception as error:
        log_error("a hook before the snapshot failed", error, with_message=True)
        report = replace(ErrorReport.of(error), type="Runtime.BeforeSnapshotError")
        await api.post_init_error(report)
        return BEFORE_SNAPSHOT_FAILED
    await api.wait_for_restore()
    try:
        await _run(_registered("get_after_restore"))
    except Exception as error:
        log_error("a hook after the restore failed", error, with_message=True)
        report = replace(ErrorReport.of(error), type="Runtime.AfterRestoreError")
        await api.post_restore_error(report)
        return AFTER_RESTORE_FAILED
    return 0


def _registered(registry: str) -> list[Hook]:
    """Return the hooks of a registry. Only an application with hooks imports the package."""
    package = sys.modules.get("snapshot_restore_py")
    return list(getattr(package, registry)()) if package else []


async def _run(hooks: Iterable[Hook]) -> None:
    for function, arguments, keywords in hooks:
        # Each hook runs in a thread, because it may start an event loop, as under AWS's client.
        await asyncio.to_thread(function, *arguments, **keywords)
