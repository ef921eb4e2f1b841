"""What `sam` reads from the parameter file."""

import itertools
import json
import subprocess
from pathlib import Path

from stack_deploy.parameter_file import parameter_file

# aws-sam-cli has its own virtual environment.
SAM_PYTHON = Path(__file__).parents[3] / ".venv-sam" / "bin" / "python"
READ = """
import json, sys
from samcli.cli.types import CfnParameterOverridesType
json.dump(CfnParameterOverridesType().convert((f"file://{sys.argv[1]}",), None, None), sys.stdout)
"""
VALUES = [
    "",
    "sk-hunter2",
    "1e3",
    "0x10",
    "007",
    "true",
    "~",
    "null",
    "file:///etc/passwd",
    "$include",
    "a: b # c",
    "[1, 2]",
    'é☃😀 [{"name": "a\\"b"}]',
    '[\n  {"name": "weather"}\n]',
]


def test_sam_reads_every_value_unchanged(tmp_path: Path) -> None:
    puzzles = itertools.chain.from_iterable(
        itertools.product("\\\"' x", repeat=length) for length in (1, 2, 3, 4)
    )
    values = {f"P{index}": value for index, value in enumerate([*VALUES, *map("".join, puzzles)])}
    file = tmp_path / "parameters.yaml"
    file.write_text(parameter_file(values), encoding="utf-8")
    read = subprocess.run([SAM_PYTHON, "-c", READ, file], capture_output=True, text=True)
    assert read.returncode == 0, read.stderr
    assert json.loads(read.stdout) == values
