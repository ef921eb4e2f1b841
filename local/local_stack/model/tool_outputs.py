"""Reading what a tool answered, in the shapes in which it reaches a model."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

# An MCP error reaches a model as text alone: the Agents SDK drops the isError flag.
_FAILURE = re.compile(
    r"error|fail|not found|no such|no task|unknown|invalid|denied|timed? ?out|cannot|could not",
    re.IGNORECASE,
)
# How mcp.server opens the text of every failed call.
_MCP_PREFIX = re.compile(r"^Error executing tool [\w.-]+:?\s*")


@dataclass(frozen=True)
class Task:
    """A task as a tool shows it; `task_id` keeps the type that the tool gave it."""

    task_id: object
    title: str
    done: bool = False
    due: str | None = None


def read_output(raw: object) -> object:
    """The value inside: JSON text is parsed, text parts are unwrapped, other text stays text."""
    match raw:
        case str():
            try:
                value = json.loads(raw)
            except ValueError:
                return raw
            return read_output(value) if isinstance(value, dict | list) else raw
        case {"type": "text" | "input_text" | "output_text", "text": str(text)}:
            return read_output(text)
        case [{"type": "text" | "input_text" | "output_text"} as part]:
            return read_output(part)
        case list():
            return [read_output(part) for part in raw]
        case _:
            return raw


def failure_in(output: object) -> str | None:
    """What went wrong, as a sentence to tell the user; None when the call worked."""
    match output:
        case str() if _FAILURE.search(output):
            return _sentence(_MCP_PREFIX.sub("", output) or "The tool failed.")
        case {"error": {"message": str(message)}} | {"error": str(message)}:
            return _sentence(message)
        case {"isError": True, "content": content}:
            return _sentence(str(read_output(content)))
        case _:
            return None


def tasks_in(output: object) -> list[Task] | None:
    """The tasks of a list, or the one task that was changed; None when there are none to read."""
    match output:
        case {"tasks": list(items)} | {"items": list(items)} | {"result": list(items)}:
            return _tasks(items)
        case {"task": {"title": str()} as task} | {"result": {"title": str()} as task}:
            return _tasks([task])
        case {"title": str()}:
            return _tasks([output])
        case list():
            return _tasks(output)
        case _:
            return None


def next_cursor(output: object) -> str | None:
    """Where the next page of a list begins; None on the last page."""
    match output:
        case {"next_cursor": str(cursor)} if cursor:
            return cursor
        case _:
            return None


def _tasks(items: list[object]) -> list[Task] | None:
    tasks = [_task(item) for item in items if isinstance(item, Mapping) and "title" in item]
    return tasks if len(tasks) == len(items) else None


def _task(item: Mapping[str, object]) -> Task:
    due = next((value for key, value in item.items() if key.startswith("due") and value), None)
    return Task(
        task_id=item.get("id", item.get("task_id")),
        title=str(item["title"]),
        done=bool(item.get("done", item.get("completed", item.get("status") == "done"))),
        due=str(due) if due else None,
    )


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."
