"""Detection of changes in the code that a function's process depends on."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from local_stack.template import Function

type Code = frozenset[tuple[str, int, int]]


def sources(*functions: Function) -> frozenset[Path]:
    """Return the folders with the code of these functions and their layers."""
    return frozenset(folder for each in functions for folder in (each.code, *each.layers))


def fingerprint(folders: Iterable[Path]) -> Code:
    """Return the path, modification time and size of every file in the folders except bytecode."""
    return frozenset(_files(folders))


def _files(folders: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    for folder in folders:
        for parent, subfolders, names in folder.walk():
            if "__pycache__" in subfolders:
                subfolders.remove("__pycache__")
            for path in (parent / name for name in names):
                try:
                    status = path.stat()
                except FileNotFoundError:
                    # An editor is replacing the file; the next check sees the new one.
                    continue
                yield str(path), status.st_mtime_ns, status.st_size
