"""The one-line commands of docs/reference/protocol.md work unchanged."""

import re
import subprocess
from pathlib import Path
from typing import get_args

from chatkit.types import NonStreamingReq, StreamingReq

from tests.system.e2e.service import Stack
from tests.waiting import PATIENCE

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "protocol.md"
LINES = [line.strip() for line in PAGE.read_text().splitlines() if line.startswith("    ")]
MARK = "@@@@"


def test_each_operation_of_the_protocol_has_a_line() -> None:
    operations = {
        request.model_fields["type"].default
        if isinstance(request.model_fields["type"].default, str)
        else get_args(request.model_fields["type"].annotation)[0]
        for request in (*get_args(StreamingReq), *get_args(NonStreamingReq))
    }
    assert len(operations) == 16
    assert {line.split()[1] for line in LINES if line.startswith("ask ")} == operations


def test_each_line_prints_its_documented_answer(stack: Stack, tmp_path: Path) -> None:
    script = "set -eu\n" + "".join(f"{line}\necho; echo {MARK}\n" for line in LINES)
    done = subprocess.run(
        ["bash", "-c", script.replace("http://127.0.0.1:8000", stack.address)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    for line, answer in zip(LINES, done.stdout.split(MARK), strict=False):
        expected = re.search(r"  # (.+)$", line)
        for word in expected[1].split() if expected else ():
            assert word in answer, (line, answer)
