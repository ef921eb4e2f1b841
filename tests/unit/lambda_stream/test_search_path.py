"""The module search path: the folders of AWS's bootstrap, in the same order."""

import json
import shutil
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.unit.lambda_stream.conftest import WRAPPER

if TYPE_CHECKING:
    from tests.unit.lambda_stream.conftest import Function, StartFunction

APP = """
import json, sys

async def app(scope, receive, send):
    if scope["type"] != "http":
        raise ValueError
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": json.dumps([NAME, sys.path]).encode()})
"""
VERSIONED = "python/lib/python3.13/site-packages"


class LambdaFolders:
    """The folders of a function: its code, its unpacked layers, and Lambda's own."""

    def __init__(self, folder: Path) -> None:
        self.task, self.opt, self.runtime = (folder / each for each in ("task", "opt", "runtime"))
        for each in (self.task, self.opt / VERSIONED, self.runtime):
            each.mkdir(parents=True)
        shutil.copy2(WRAPPER, self.opt)

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file below `task`, `opt` or `runtime`."""
        file = self.task.parent / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def application(self, folder: str) -> None:
        self.write(f"{folder}/where.py", f"NAME = {folder!r}{APP}")

    async def start(self, start: "StartFunction", **extra: str) -> "Function":
        return await start(
            "",
            wrapper=self.opt / WRAPPER.name,
            _HANDLER="where.app",
            LAMBDA_TASK_ROOT=str(self.task),
            LAMBDA_RUNTIME_DIR=str(self.runtime),
            **extra,
        )

    async def found(self, start: "StartFunction", **extra: str) -> tuple[str, list[str]]:
        """Return the folder in which the function found its application, and its search path."""
        function = await self.start(start, **extra)
        name, path = json.loads(await (await function.invoke()).body())
        return name, path


@pytest.fixture
def folders(tmp_path: Path) -> LambdaFolders:
    return LambdaFolders(tmp_path)


FOLDERS = ["task", f"opt/{VERSIONED}", "opt/python", "runtime"]


@pytest.mark.parametrize("first", range(len(FOLDERS)))
async def test_the_first_folder_with_the_module_wins(
    start: "StartFunction", folders: LambdaFolders, first: int
) -> None:
    for folder in FOLDERS[first:]:
        folders.application(folder)
    name, path = await folders.found(start)
    assert name == FOLDERS[first]
    expected = [str(folders.task.parent / folder) for folder in FOLDERS]
    expected.insert(3, sysconfig.get_path("purelib"))
    assert path[:5] == expected


async def test_folders_from_pythonpath_follow(
    start: "StartFunction", folders: LambdaFolders
) -> None:
    folders.application("own")
    own = str(folders.task.parent / "own")
    name, path = await folders.found(start, PYTHONPATH=own)
    assert name == "own"
    assert path.index(str(folders.runtime)) < path.index(own)
    assert path.index(own) < path.index(sysconfig.get_path("stdlib"))


@pytest.mark.parametrize("folder", FOLDERS[:3])
async def test_pth_files_of_function_and_layers_are_read(
    start: "StartFunction", folders: LambdaFolders, folder: str
) -> None:
    folders.application(f"{folder}/deep")
    folders.write(f"{folder}/more.pth", "deep\n")
    assert (await folders.found(start))[0] == f"{folder}/deep"


@pytest.mark.parametrize("folder", FOLDERS[:3])
@pytest.mark.parametrize(
    "content", [b"\xff\xfe\n", b"import nothing_of_this_name\n", b"\0\n"], ids=str
)
async def test_a_function_starts_despite_a_broken_pth_file(
    start: "StartFunction", folders: LambdaFolders, folder: str, content: bytes
) -> None:
    folders.application("task")
    folders.write(f"{folder}/broken.pth", content)
    assert (await folders.found(start))[0] == "task"


async def test_a_pth_file_that_cannot_be_read_is_logged(
    start: "StartFunction", folders: LambdaFolders
) -> None:
    folders.application("task")
    folders.write("opt/python/broken.pth", b"\xff\xfe\n")
    function = await folders.start(start)
    await function.polled()
    [line] = function.log()
    assert line["message"] == "a .pth file could not be read"
    assert line["error_type"] == "UnicodeDecodeError"
