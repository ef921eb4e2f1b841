"""What a person reads of a tool's call: a few plain words for it and for its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Verb:
    """One doing in the three forms that a call goes through."""

    doing: str
    done: str
    do: str


ONE_TASK = {
    "add_task": Verb("Adding", "Added", "add"),
    "get_task": Verb("Looking up", "Looked up", "look up"),
    "update_task": Verb("Changing", "Changed", "change"),
    "complete_task": Verb("Completing", "Completed", "complete"),
    "reopen_task": Verb("Reopening", "Reopened", "reopen"),
    "delete_task": Verb("Deleting", "Deleted", "delete"),
}
LIST = Verb("Reading your tasks", "Read your tasks", "read your tasks")
LONGEST_NAME = 80


def while_running(tool: str, arguments: Mapping[str, Any]) -> str:
    """ "Adding “buy groceries”"."""
    verb, what = _words(tool, arguments, {})
    return f"{verb.doing}{what}"


def when_done(tool: str, arguments: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """ "Added “buy groceries”"; the result knows the task's name where the arguments do not."""
    verb, what = _words(tool, arguments, result)
    return f"{verb.done}{what}"


def when_failed(tool: str, arguments: Mapping[str, Any]) -> str:
    """ "Could not add “buy groceries”"."""
    verb, what = _words(tool, arguments, {})
    return f"Could not {verb.do}{what}"


def _words(tool: str, arguments: Mapping[str, Any], result: Mapping[str, Any]) -> tuple[Verb, str]:
    if tool in ONE_TASK:
        name = result.get("title") or arguments.get("title") or _title(arguments.get("task"))
        return ONE_TASK[tool], f" {_quoted(name)}" if isinstance(name, str) else " a task"
    return (
        (LIST, "") if tool == "list_tasks" else (Verb("Using", "Used", "use"), f" {_plain(tool)}")
    )


def _title(task: object) -> object:
    """A task may be named by its title, or by its id, which tells a person nothing."""
    return None if isinstance(task, str) and task.startswith("task_") else task


def _quoted(name: str) -> str:
    short = " ".join(name.split())
    return f"“{short if len(short) <= LONGEST_NAME else short[: LONGEST_NAME - 1] + '…'}”"


def _plain(tool: str) -> str:
    """A tool of another server by its name alone: "search_the_web" is "search the web"."""
    return " ".join(tool.replace("_", " ").replace("-", " ").split())[:LONGEST_NAME]
