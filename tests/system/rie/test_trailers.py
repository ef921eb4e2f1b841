"""The maximum length of trailers, which Lambda's Runtime API reads with Go's net/http."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lambda_stream.error_report import ErrorReport
from tests.system.rie.conftest import LONG_TRAILER

if TYPE_CHECKING:
    from tests.system.rie.conftest import StartRie

BARE_CLIENT = Path(__file__).with_name("bare_client.py")
LIMIT = 4096


async def test_trailers_up_to_4096_bytes_are_read(start: "StartRie") -> None:
    rie = await start("none", sys.executable, str(BARE_CLIENT))
    assert (await rie.invoke(LIMIT)).content == b"some;"


async def test_longer_trailers_break_the_response(start: "StartRie") -> None:
    rie = await start("none", sys.executable, str(BARE_CLIENT))
    assert b"some;" not in (await rie.invoke(LIMIT + 1)).content
    assert LONG_TRAILER in rie.log


def test_the_runtimes_longest_trailers_stay_below_the_limit() -> None:
    report = ErrorReport("T" * 200, "ä" * 10_000, ("frame",) * 1000)
    lines = [f"{name}: {value}\r\n" for name, value in report.trailers().items()]
    assert len("".join(lines)) + len("\r\n") <= LIMIT
