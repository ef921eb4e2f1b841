"""The processes of this machine, as `ps` shows them on Linux and on a Mac."""

import subprocess

from tests.waiting import until


def descendants(pid: int) -> set[int]:
    """The children of a process, theirs, and so on."""
    rows = [line.split() for line in _listed("pid=,ppid=")]
    children: dict[int, set[int]] = {}
    for child, parent in rows:
        children.setdefault(int(parent), set()).add(int(child))
    found, next_ones = set[int](), {pid}
    while next_ones:
        next_ones = set[int]().union(*(children.get(each, set()) for each in next_ones)) - found
        found |= next_ones
    return found


def running(command: str) -> set[int]:
    """The processes whose command line holds these words."""
    rows = [line.split(maxsplit=1) for line in _listed("pid=,args=")]
    return {int(row[0]) for row in rows if command in row[-1]}


def alive(pids: set[int]) -> set[int]:
    """Those that have not ended, or whose end their parent has not noticed yet."""
    return pids & {int(pid) for pid in _listed("pid=")}


def wait_for_end(pids: set[int]) -> None:
    """Return when none of them runs any more. Raise AssertionError if that does not happen.

    One that has ended counts as ended even if its parent is gone and nobody has collected it.
    """
    until(lambda: not pids & _at_work())


def _at_work() -> set[int]:
    rows = [line.split() for line in _listed("pid=,stat=")]
    return {int(pid) for pid, state in rows if not state.startswith("Z")}


def _listed(columns: str) -> list[str]:
    # Unlimited width: a Mac's ps would cut a long command line.
    command = ["ps", "-A", "-ww", "-o", columns]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
