"""A fake response that only records its calls."""

import asyncio

from lambda_stream.error_report import ErrorReport
from lambda_stream.http.prelude import Headers


class RecordedResponse:
    """`log` lists the calls. `drain` waits until `room` is set."""

    def __init__(self) -> None:
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.log: list[object] = []
        self.waiting = asyncio.Event()
        self.room = asyncio.Event()
        self.room.set()

    async def start(self, status: int, headers: Headers) -> None:
        self.log.append(status)

    def write(self, data: bytes) -> None:
        self.log.append(data)

    def end(self) -> None:
        self.log.append("end")

    async def drain(self) -> None:
        self.waiting.set()
        await self.room.wait()

    async def fail(self, report: ErrorReport) -> None:
        self.log.append(report.type)

    async def settle(self) -> None:
        self.log.append("settled")
