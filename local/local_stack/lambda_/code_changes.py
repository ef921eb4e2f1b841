"""Whether the code that a function's process depends on has changed."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from local_stack.template import Function

type Code = frozenset[tuple[str, int, int]]


def sources(*functions: Function) -> frozenset[Path]:
    """The folders that hold the code of these functions and their layers."""
    return frozenset(folder for each in functions for folder in (each.code, *each.layers))


def fingerprint(folders: Iterable[Path]) -> Code:
    """Path, modification time and size of every file below the folders, but for bytecode."""
    return frozenset(_files(folders))


def _files(folders: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    for folder in folders:
        for parent, inner, names in folder.walk():
            if "__pycache__" in inner:
                inner.remove("__pycache__")
            for path in (parent / name for name in names):
                try:
                    found = path.stat()
                except FileNotFoundError:
                    # An editor replaced it this very moment; the next look sees the new one.
                    continue
                yield str(path), found.st_mtime_ns, found.st_size
