"""From intents to calls of the task tools, and from their outputs to sentences."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from local_stack.model.assistant.dates import split_due
from local_stack.model.assistant.intents import Intent
from local_stack.model.assistant.tool_outputs import Task, failure_in, next_cursor, tasks_in
from local_stack.model.assistant.turn import Turn
from local_stack.model.assistant.wording import OUT_OF_REACH, outcome, quoted, the_list
from local_stack.model.conversation import Call

_PRIORITY = re.compile(r",? with (?P<priority>low|normal|high) priority\b", re.I)
_IT = ("it", "that", "this")


def carry_out(name: str, intents: Sequence[Intent], turn: Turn) -> Iterator[str]:
    """Yield what became of intents for one tool. Raise CallsPending while a result is missing."""
    if name not in turn.tools:
        yield OUT_OF_REACH
    elif name == "list_tasks":
        yield _listed(turn)
    else:
        it = turn.it
        intents = [replace(i, task=it) if it and i.task.lower() in _IT else i for i in intents]
        calls = [Call(name, _arguments(intent, turn)) for intent in intents]
        outputs = turn.results(calls)
        named = [_named(*each) for each in zip(intents, outputs, strict=True)]
        yield from outcome(name, named, outputs)


def _listed(turn: Turn) -> str:
    """Return the list as it is now, all pages of it."""
    tasks: list[Task] = []
    arguments: dict[str, str] = {}
    while True:
        [output] = turn.results([Call("list_tasks", arguments)])
        page = tasks_in(output)
        if page is None:
            return f"I could not read your task list: {failure_in(output) or output}"
        tasks += page
        cursor = next_cursor(output)
        if not cursor:
            return the_list(tasks)
        arguments = {"cursor": cursor}


def _arguments(intent: Intent, turn: Turn) -> dict[str, object]:
    """Return the call's arguments. Words for which the tool has no argument stay in the title."""
    properties: Any = turn.tools[intent.name].parameters.get("properties", {})
    title = intent.title
    details: dict[str, object] = {"task": intent.task} if intent.task else {}
    if "priority" in properties and (found := _PRIORITY.search(title)):
        title = title[: found.start()] + title[found.end() :]
        details["priority"] = found["priority"].lower()
    if "due_date" in properties:
        title, day = split_due(title, turn.today)
        details |= {"due_date": day.isoformat()} if day else {}
    return details | ({"title": title} if title else {})


def _named(intent: Intent, output: object) -> str:
    """Return the task as the tool shows it, else as the user named it."""
    [task, *_] = tasks_in(output) or [Task(intent.title or intent.task)]
    due = f" (due {task.due})" if task.due and intent.name == "add_task" else ""
    renamed = f"{quoted(intent.task)} to " if intent.title and intent.task else ""
    return renamed + quoted(task.title) + due
