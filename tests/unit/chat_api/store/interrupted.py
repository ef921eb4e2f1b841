"""The store's AWS requests, before any of which a test can run its own code."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Requests(list[str]):
    """The operations requested so far. `append` is called before each request is sent."""

    def __init__(self) -> None:
        super().__init__()
        self._doing: list[tuple[str, int, Callable[[], object]]] = []

    def before(self, name: str, do: Callable[[], object], *, times: int = 1) -> None:
        """Run `do`, which may raise, before the next requests of this operation."""
        self._doing.append((name, times, do))

    def complete_before(self, name: str, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Complete other work of the service before the next request of this operation."""
        self.before(name, lambda: asyncio.run(_whole(work)))

    def append(self, name: str) -> None:
        super().append(name)
        doing, self._doing = self._doing, []
        for wanted, times, do in doing:
            left = times - (wanted == name)
            if left:
                self._doing.append((wanted, left, do))
            if wanted == name:
                do()


async def _whole(work: Callable[[], Coroutine[Any, Any, object]]) -> None:
    await work()
