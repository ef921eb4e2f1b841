"""The outputs of tools, in the shapes in which they reach a model."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

# An MCP error reaches a model as text alone: the Agents SDK drops the isError flag.
_FAILURE = re.compile(
    r"error|fail|not found|no such|no task|unknown|invalid|declined|timed? ?out|cannot|could not",
    re.IGNORECASE,
)
# The start of the text of every failed call to a server of the MCP SDK.
_MCP_PREFIX = re.compile(r"^Error executing tool [\w.-]+:?\s*")


@dataclass(frozen=True)
class Task:
    """A task as a tool shows it."""

    title: str
    done: bool = False
    due: str | None = None


def read_output(raw: object) -> object:
    """Return the value inside: JSON text is parsed, text parts are unwrapped."""
    match raw:
        case str():
            try:
                value = json.loads(raw)
            except ValueError:
                return raw
            return read_output(value) if isinstance(value, dict | list) else raw
        case {"type": "text" | "input_text", "text": str(text)} | [
            {"type": "text" | "input_text", "text": str(text)}
        ]:
            return read_output(text)
        case list():
            return [read_output(part) for part in raw]
        case _:
            return raw


def failure_in(output: object) -> str | None:
    """Return what went wrong, as a sentence for the user; None when the call worked."""
    if not isinstance(output, str) or not _FAILURE.search(output):
        return None
    text = " ".join(_MCP_PREFIX.sub("", output).split()) or "The tool failed."
    return text if text.endswith((".", "!", "?")) else f"{text}."


def tasks_in(output: object) -> list[Task] | None:
    """Return the tasks of a list, or the one task that was changed; None when it has neither."""
    match output:
        case {"tasks": list(items)} | {"result": list(items)} | list(items):
            tasks = [_task(item) for item in items if isinstance(item, Mapping) and "title" in item]
            return tasks if len(tasks) == len(items) else None
        case {"title": _}:
            return tasks_in([output])
        case _:
            return None


def next_cursor(output: object) -> str | None:
    """Return where the next page of a list begins; None on the last page."""
    cursor = output.get("next_cursor") if isinstance(output, Mapping) else None
    return str(cursor) if cursor else None


def _task(item: Mapping[str, object]) -> Task:
    due = next((value for key, value in item.items() if key.startswith("due") and value), None)
    done = bool(item.get("done", item.get("status") == "done"))
    return Task(str(item["title"]), done, str(due) if due else None)
