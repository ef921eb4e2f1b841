"""Labels for tool calls: a few plain words while a call runs and after it has ended."""

from dataclasses import dataclass

from chat_api.conversation.assistant import ToolCall

LONGEST_NAME = 80


@dataclass(frozen=True)
class Verb:
    """A verb in the three forms that a call goes through."""

    running: str
    done: str
    infinitive: str


VERBS = {
    "add_task": Verb("Adding", "Added", "add"),
    "get_task": Verb("Looking up", "Looked up", "look up"),
    "update_task": Verb("Changing", "Changed", "change"),
    "complete_task": Verb("Completing", "Completed", "complete"),
    "reopen_task": Verb("Reopening", "Reopened", "reopen"),
    "delete_task": Verb("Deleting", "Deleted", "delete"),
    "list_tasks": Verb("Reading", "Read", "read"),
}


def label(call: ToolCall) -> str | None:
    """Return "Adding “buy milk”", "Added “buy milk”" or "Could not add “buy milk”".

    Return None for a tool that is not one of the task tools.
    """
    if not call.is_own or call.tool not in VERBS:
        return None
    verb, object_ = VERBS[call.tool], _object(call)
    match call.state:
        case "running":
            return f"{verb.running} {object_}"
        case "done":
            return f"{verb.done} {object_}"
        case "failed":
            return f"Could not {verb.infinitive} {object_}"


def _object(call: ToolCall) -> str:
    """Return the task's name in quotes. The result has it where the arguments do not."""
    if call.tool == "list_tasks":
        return "your tasks"
    named = call.arguments.get("task")
    # An id means nothing to a user.
    title = None if isinstance(named, str) and named.startswith("task_") else named
    name = call.result.get("title") or call.arguments.get("title") or title
    return _quoted(name) if isinstance(name, str) else "a task"


def _quoted(name: str) -> str:
    short = " ".join(name.split())
    return f"“{short if len(short) <= LONGEST_NAME else short[: LONGEST_NAME - 1] + '…'}”"
