"""Records the store's AWS requests, and runs a test's code before any of them."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Requests(list[str]):
    """The operations requested so far. `append` is called before each request is sent."""

    def __init__(self) -> None:
        super().__init__()
        self._hooks: list[tuple[str, int, Callable[[], object]]] = []

    def before(self, name: str, hook: Callable[[], object], *, times: int = 1) -> None:
        """Run `hook`, which may raise, before each of the next `times` requests of an operation."""
        self._hooks.append((name, times, hook))

    def complete_before(self, name: str, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Complete other work of the service before the next request of an operation."""
        self.before(name, lambda: asyncio.run(_run(work)))

    def append(self, name: str) -> None:
        super().append(name)
        hooks, self._hooks = self._hooks, []
        for wanted, times, hook in hooks:
            left = times - (wanted == name)
            if left:
                self._hooks.append((wanted, left, hook))
            if wanted == name:
                hook()


async def _run(work: Callable[[], Coroutine[Any, Any, object]]) -> None:
    await work()
