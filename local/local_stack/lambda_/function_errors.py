"""The errors that functions log, each shown to the developer in one line."""

import asyncio
import json
import sysconfig
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

_INTERVAL_SECONDS = 0.3
_LEVELS = ("ERROR", "CRITICAL")
_LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib")})


@asynccontextmanager
async def errors_shown(
    logs: Path, report: Callable[[str], None], *, interval: float = _INTERVAL_SECONDS
) -> AsyncIterator[None]:
    """Report each error that a function writes to its file in the folder during the block."""
    errors = FunctionErrors(logs, report)
    following = asyncio.create_task(_follow(errors, interval))
    try:
        yield
    finally:
        following.cancel()
        await asyncio.wait([following])
        errors.read()


async def _follow(errors: "FunctionErrors", interval: float) -> None:
    while True:
        await asyncio.sleep(interval)
        errors.read()


class FunctionErrors:
    """Reads the log files of a folder, each line once."""

    def __init__(self, logs: Path, report: Callable[[str], None]) -> None:
        self._logs = logs
        self._report = report
        self._read: dict[Path, int] = {}

    def read(self) -> None:
        """Report the errors logged since the last call."""
        for log in sorted(self._logs.glob("*.log")):
            for line in self._new_lines(log):
                if error := logged_error(line):
                    self._report(f"{log.stem}: {error} (see {log})")

    def _new_lines(self, log: Path) -> list[bytes]:
        with log.open("rb") as file:
            file.seek(self._read.get(log, 0))
            whole, end, _ = file.read().rpartition(b"\n")
        self._read[log] = self._read.get(log, 0) + len(whole) + len(end)
        return whole.split(b"\n")


def logged_error(line: bytes) -> str | None:
    """Return what failed, the error's type and where it was raised, or None for other lines."""
    try:
        logged = json.loads(line)
    except ValueError:
        return None
    if not isinstance(logged, dict) or logged.get("level") not in _LEVELS or "error" not in logged:
        return None
    frame = _innermost(logged.get("raised_at", []))
    return f"{logged.get('message')}: {logged['error']}{frame and f' at {frame}'}"


def _innermost(frames: list[object]) -> str:
    """Return the innermost frame in the project's own code, else the innermost of all."""
    project = [frame for frame in frames if not str(frame).startswith(_LIBRARIES)]
    frame = str([*frames, *project][-1]) if frames else ""
    return frame.removeprefix(f"{Path.cwd()}/")
