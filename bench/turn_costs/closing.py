"""What the application logs, and with it when a turn is over."""

import asyncio
import logging
from io import StringIO

from chatcore.logs import logger


class Closings(StringIO):
    """The application's log. A turn's own line is its last act, after the answer has ended."""

    def __init__(self) -> None:
        super().__init__()
        self._over = asyncio.Event()
        # Bytes of the last turn's lines.
        self.size = 0

    def listen(self) -> None:
        """Take the place of the terminal."""
        assert isinstance(logger.registered_handler, logging.StreamHandler)
        logger.registered_handler.setStream(self)
        logger.setLevel("INFO")

    def write(self, text: str) -> int:
        self.size += len(text.encode())
        if '"turn_closed"' in text:
            self._over.set()
        return super().write(text)

    def begin(self) -> None:
        """Forget the turn before."""
        self._over.clear()
        self.size = 0

    async def over(self) -> None:
        """Wait until the turn is over."""
        await self._over.wait()
