"""The task tools that a caller offers, and calls that fit their schemas."""

from collections.abc import Mapping
from typing import cast

from local_stack.model.conversation import Call, Tool

TASK_TOOLS = (
    "add_task",
    "list_tasks",
    "get_task",
    "update_task",
    "complete_task",
    "reopen_task",
    "delete_task",
)

CURSOR = "cursor"

type _Schema = Mapping[str, object]


def call_for_task(tool: Tool, task_id: object, **known: object) -> Call:
    """A call about one task, its id under the name that the schema gives it."""
    name = next((name for name in ("task", "task_id", "id") if name in _properties(tool)), "task")
    return call_of(tool, **{name: task_id}, **known)


def call_of(tool: Tool, **known: object) -> Call:
    """A call with the known arguments, and a neutral value for whatever else is required."""
    required = cast(list[str], tool.parameters.get("required", []))
    neutral = {name: _neutral(_properties(tool).get(name, {})) for name in required}
    return Call(tool.name, neutral | known)


def takes(tool: Tool, argument: str) -> bool:
    return argument in _properties(tool)


def due_argument(tool: Tool) -> str | None:
    """The name of the argument that takes a due date, if the tool has one."""
    return next((name for name in _properties(tool) if name.startswith("due")), None)


def _properties(tool: Tool) -> Mapping[str, _Schema]:
    return cast(Mapping[str, _Schema], tool.parameters.get("properties", {}))


def _neutral(schema: _Schema) -> object:
    match schema:
        case {"default": value}:
            return value
        case {"enum": [*choices]} if choices:
            return "all" if "all" in choices else choices[0]
        case {"type": "boolean"}:
            return False
        case {"type": "integer" | "number"}:
            return 0
        case {"type": "string"}:
            return ""
        case _:
            return None
