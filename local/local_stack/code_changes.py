"""Whether a function's code changed since its process was started."""

from collections.abc import Iterable, Iterator
from pathlib import Path

type Code = frozenset[tuple[str, int, int]]


def fingerprint(folders: Iterable[Path]) -> Code:
    """Path, modification time and size of every Python file below the folders."""
    return frozenset(_files(folders))


def _files(folders: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    for folder in folders:
        for path in folder.rglob("*.py"):
            try:
                found = path.stat()
            except FileNotFoundError:
                # An editor replaced it this very moment; the next look sees the new one.
                continue
            yield str(path), found.st_mtime_ns, found.st_size
