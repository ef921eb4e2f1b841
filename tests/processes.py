"""The processes of this machine, read from `ps` on Linux and macOS."""

import subprocess

from tests.waiting import until


def descendants(pid: int) -> set[int]:
    """Return the ids of all descendants of a process."""
    rows = [line.split() for line in _listed("pid=,ppid=")]
    children: dict[int, set[int]] = {}
    for child, parent in rows:
        children.setdefault(int(parent), set()).add(int(child))
    found, frontier = set[int](), {pid}
    while frontier:
        frontier = set[int]().union(*(children.get(each, set()) for each in frontier)) - found
        found |= frontier
    return found


def running(command: str) -> set[int]:
    """Return the ids of the processes whose command line contains this text."""
    rows = [line.split(maxsplit=1) for line in _listed("pid=,args=")]
    return {int(row[0]) for row in rows if command in row[-1]}


def alive(pids: set[int]) -> set[int]:
    """Return those of the processes that still run or have not been reaped."""
    return pids & {int(pid) for pid in _listed("pid=")}


def wait_for_end(pids: set[int]) -> None:
    """Wait until all of these processes have ended. Raise AssertionError after 5 minutes.

    A zombie counts as ended, even if its parent is gone and no process reaps it.
    """
    until(lambda: not pids & _not_zombies())


def _not_zombies() -> set[int]:
    rows = [line.split() for line in _listed("pid=,stat=")]
    return {int(pid) for pid, state in rows if not state.startswith("Z")}


def _listed(columns: str) -> list[str]:
    # Unlimited width, because the ps of macOS truncates long command lines.
    command = ["ps", "-A", "-ww", "-o", columns]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
