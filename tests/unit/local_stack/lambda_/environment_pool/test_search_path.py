"""The search path of a function on the managed runtime, as set by AWS's own bootstrap."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.local_stack.lambda_.environment_pool.conftest import Running

VERSIONED = "python/lib/python3.13/site-packages"
HANDLER = """
import os
def handler(event, context):
    return {"found": __import__(event).NAME, "child": os.environ["PYTHONPATH"]}
"""


def write(folder: Path, module: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{module}.py").write_text(f"NAME = {str(folder)!r}")


@pytest.mark.parametrize(
    ("folders", "found"),
    [
        (["code", f"a/{VERSIONED}", "a/python"], "code"),
        ([f"a/{VERSIONED}", "a/python"], f"a/{VERSIONED}"),
        # On Lambda all layers are merged into one folder.
        ([f"b/{VERSIONED}", "a/python"], f"b/{VERSIONED}"),
        (["a/python"], "a/python"),
        (["a/python/deep"], "a/python/deep"),
        ([f"a/{VERSIONED}/deep"], f"a/{VERSIONED}/deep"),
        (["code/deep"], "code/deep"),
    ],
)
async def test_the_first_folder_wins_and_pth_files_are_read(
    running: "Running", tmp_path: Path, folders: list[str], found: str
) -> None:
    layers = (tmp_path / "a", tmp_path / "b")
    async with running(layers=layers) as function:
        function.code.write_text(HANDLER)
        for folder in ("a/python", f"a/{VERSIONED}", "b", "code"):
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / "more.pth").write_text("deep\n")
        for folder in folders:
            write(tmp_path / folder, "sought")
        _, body = await function.invoke("sought")
        assert body == {"found": str(tmp_path / found), "child": "/var/runtime"}


async def test_a_function_that_sets_pythonpath_lists_its_layers_there(
    running: "Running", tmp_path: Path
) -> None:
    write(tmp_path / "a/python", "sought")
    write(tmp_path / "own", "sought")
    own = str(tmp_path / "own")
    async with running(layers=(tmp_path / "a",), PYTHONPATH=own) as function:
        function.code.write_text(HANDLER)
        assert (await function.invoke("sought"))[1] == {"found": own, "child": own}
