"""The application's log, which shows when a turn is closed."""

import asyncio
import logging
from io import StringIO

from chatcore.logs import logger


class TurnLog(StringIO):
    """Captures the application's log. A turn logs `turn_closed` last, when its answer has ended."""

    def __init__(self) -> None:
        super().__init__()
        self._closed = asyncio.Event()
        # The bytes of the last turn's lines.
        self.size = 0

    def listen(self) -> None:
        """Capture the logger's output."""
        assert isinstance(logger.registered_handler, logging.StreamHandler)
        logger.registered_handler.setStream(self)
        logger.setLevel("INFO")

    def write(self, text: str) -> int:
        self.size += len(text.encode())
        if '"turn_closed"' in text:
            self._closed.set()
        return super().write(text)

    def begin(self) -> None:
        """Reset for the next turn."""
        self._closed.clear()
        self.size = 0

    async def turn_closed(self) -> None:
        """Wait until the turn is closed."""
        await self._closed.wait()
