"""The REST API of examples/orders in a process that a test starts and stops."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from local_stack.subprocesses import free_port
from tests.system.e2e.guide import SHOP
from tests.waiting import PATIENCE, until


class Shop:
    """Starts the API as in the guide, but on a free port. Each start resets the orders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        script, _, self.key = SHOP.split()
        self.command = [sys.executable, script, str(self.port)]

    @contextmanager
    def open(self, key: str | None = None) -> Iterator[None]:
        """Run the API during the block. It accepts only this key, or else the guide's."""
        with subprocess.Popen(
            [*self.command, key or self.key],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                until(self._listens)
                yield
            finally:
                process.terminate()

    def order(self, number: str) -> dict[str, Any]:
        """Return an order of Alice's from the open shop."""
        [found] = [each for each in self._get().json() if each["number"] == number]
        order: dict[str, Any] = found
        return order

    def _listens(self) -> bool:
        try:
            self._get()
        except httpx2.ConnectError:
            return False
        return True

    def _get(self) -> httpx2.Response:
        return httpx2.get(
            f"http://127.0.0.1:{self.port}/orders?user=alice",
            headers={"authorization": f"Bearer {self.key}"},
            trust_env=False,
            timeout=PATIENCE,
        )
