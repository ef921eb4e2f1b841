"""What the assistant does with tools in one turn, told as if each call returned at once."""

import json
from collections.abc import Iterator, Sequence
from itertools import chain

from local_stack.model.conversation import Call, Conversation, Tool, ToolCall, ToolResult
from local_stack.model.task_tools import CURSOR, TASK_TOOLS, call_of, takes
from local_stack.model.tool_outputs import Task, failure_in, next_cursor, read_output, tasks_in


class CallsPending(Exception):
    """The turn cannot go on before these calls are answered."""

    def __init__(self, calls: Sequence[Call]) -> None:
        super().__init__(f"{len(calls)} calls pending")
        self.calls = tuple(calls)


class CannotDo(Exception):
    """A wish that cannot be met; the message is the sentence for the user."""


class TaskDesk:
    """The offered tools and the calls already answered in this turn.

    The same wishes ask for the same calls in the same order in every request of a turn, so each
    call takes the oldest answer to it that no earlier one took, and no answered call is repeated.
    """

    def __init__(self, conversation: Conversation) -> None:
        self.today = conversation.today
        self._tools = {tool.name: tool for tool in conversation.tools}
        self._answers = _answers(conversation)
        self._listing: list[Task] | None = None

    def tool(self, name: str, doing: str) -> Tool:
        """The offered tool; raises CannotDo, naming what it is for, when it is not offered."""
        if not self._tools.keys() & set(TASK_TOOLS):
            raise CannotDo("I cannot reach the task list right now.")
        if name not in self._tools:
            raise CannotDo(f"I have no tool for {doing} at the moment.")
        return self._tools[name]

    def ask(self, calls: Sequence[Call]) -> list[object]:
        """The outputs of independent calls; raises CallsPending for those without an answer."""
        found = [self._take(call) for call in calls]
        if pending := [call for call, outputs in zip(calls, found, strict=True) if not outputs]:
            raise CallsPending(pending)
        return [outputs[0] for outputs in found]

    def change(self, calls: Sequence[Call]) -> list[object]:
        """As `ask`, for calls after which the list must be read anew."""
        outputs = self.ask(calls)
        self._listing = None
        return outputs

    def tasks(self) -> list[Task]:
        """The list as it stands now; raises CannotDo when the tool gives none."""
        if self._listing is None:
            self._listing = list(chain.from_iterable(self._pages()))
        return self._listing

    def _pages(self) -> Iterator[list[Task]]:
        tool = self.tool("list_tasks", "showing the list")
        cursor: str | None = None
        seen: set[str] = set()
        while True:
            [output] = self.ask([call_of(tool, **({CURSOR: cursor} if cursor else {}))])
            yield _page(output)
            cursor = next_cursor(output) if takes(tool, CURSOR) else None
            if cursor is None or cursor in seen:
                return
            seen.add(cursor)

    def _take(self, call: Call) -> list[object]:
        for index, (answered, output) in enumerate(self._answers):
            if answered == call:
                del self._answers[index]
                return [output]
        return []


def _page(output: object) -> list[Task]:
    if problem := failure_in(output):
        raise CannotDo(f"I could not read your task list: {problem}")
    tasks = tasks_in(output)
    if tasks is None:
        raise CannotDo(f"I could not make out your task list. The tool said: {output}")
    return tasks


def _answers(conversation: Conversation) -> list[tuple[Call, object]]:
    results = {e.call_id: e.output for e in conversation.turn if isinstance(e, ToolResult)}
    return [
        (Call(entry.name, _arguments(entry)), read_output(results[entry.call_id]))
        for entry in conversation.turn
        if isinstance(entry, ToolCall) and entry.call_id in results
    ]


def _arguments(call: ToolCall) -> dict[str, object]:
    try:
        arguments = json.loads(call.arguments)
    except ValueError:
        return {}
    return arguments if isinstance(arguments, dict) else {}
