"""What the artifacts of `make build` contain and what they do not."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.system.artifacts.conftest import Build

pytestmark = pytest.mark.deep

# e_machine of the ELF header, at byte 18.
MACHINES = {"x86_64": 62, "arm64": 183}
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: function and layers.
UNZIPPED_LIMIT = 250 * 1024 * 1024
# PEP 552: an unchecked hash-based pyc.
UNCHECKED_HASH = 0b01


def files(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file())


def relative(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in files(folder)}


def test_each_function_and_each_layer_has_an_artifact(build: "Build") -> None:
    names = [folder.name for folder in build.artifacts()]
    assert names == [
        "ChatkitFunction",
        "CoreLayer",
        "McpFunction",
        "SessionFunction",
        "StreamingLayer",
    ]


def test_compiled_libraries_are_for_the_architecture(build: "Build") -> None:
    libraries = [path for path in files(build.folder) if ".so" in path.suffixes]
    machines = {int.from_bytes(path.read_bytes()[18:20], "little") for path in libraries}
    assert machines == {MACHINES[build.architecture]}


def test_every_source_file_has_bytecode_that_lambda_uses(build: "Build") -> None:
    for source in files(build.folder):
        if source.suffix == ".py":
            bytecode = Path(importlib.util.cache_from_source(str(source))).read_bytes()
            assert bytecode[:4] == importlib.util.MAGIC_NUMBER
            assert int.from_bytes(bytecode[4:8], "little") == UNCHECKED_HASH


def test_there_is_no_other_bytecode(build: "Build") -> None:
    for bytecode in build.folder.rglob("*.pyc"):
        assert Path(importlib.util.source_from_cache(str(bytecode))).is_file()


def test_the_widgets_that_the_chat_function_fills_in_are_shipped(build: "Build") -> None:
    assert (build.folder / "ChatkitFunction" / "task_assistant" / "tasks.widget").is_file()


def test_no_installer_test_or_script_is_shipped(build: "Build") -> None:
    for folder in build.artifacts():
        top = {path.name for path in folder.iterdir()}
        assert not top & {"bin", "pip", "pytest", "setuptools", "wheel", ".lock"}
        assert not [path for path in relative(folder) if "tests" in path.parts]


def test_the_layers_contain_only_our_own_code(build: "Build") -> None:
    layers = {path for path in build.artifacts() if path.name.endswith("Layer")}
    assert {path.relative_to(layer) for layer in layers for path in layer.glob("python/*")} == {
        Path("python/chatcore"),
        Path("python/lambda_stream"),
    }


def test_the_exec_wrapper_is_executable(build: "Build") -> None:
    assert os.access(build.folder / "StreamingLayer/lambda-stream", os.X_OK)


def test_each_function_with_its_layers_fits_lambda(build: "Build") -> None:
    for function in build.functions:
        size = sum(path.stat().st_size for path in files(function.code, *function.layers))
        assert size < UNZIPPED_LIMIT


def test_two_builds_differ_only_in_compiled_libraries(native: "Build", foreign: "Build") -> None:
    ours, theirs = (
        {path for path in relative(build.folder) if path.suffix in {".py", ".pyc"}}
        for build in (native, foreign)
    )
    assert ours == theirs
    for path in ours:
        assert (native.folder / path).read_bytes() == (foreign.folder / path).read_bytes()
