"""The buttons of the task list: what they send, and what pressing one does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from chat_api.conversation.assistant import (
    ActionRequest,
    ActionResult,
    Ask,
    Widget,
    WidgetAction,
)
from chat_api.model.texts import shorten
from chat_api.tools.errors import AnswerLost, ToolsUnavailable
from chat_api.tools.toolset import Toolset
from task_assistant.task_list import Filter, TaskNotShown, find_task, read_list
from task_assistant.task_widget import ListedTask, TaskList, task_list

# How much of a task's title a sentence quotes.
TITLE_BYTES = 200
GONE = "The task is already gone. The list shows your tasks as they are now."
MAYBE_GONE = (
    "The task was not found: it may already be gone. The list shows your tasks as they are now."
)
NOT_DONE = "That did not work: the tools refused it."


class Press(BaseModel):
    """What a button sends: its task, and which tasks its list shows."""

    model_config = ConfigDict(extra="forbid")

    task_id: str = Field(min_length=1, max_length=200)
    shown: Filter = Filter()


@dataclass(frozen=True)
class Button:
    """The tool call that a button makes, and its past participle in a sentence."""

    tool: Literal["complete_task", "delete_task"]
    did: str

    def is_done(self, task: ListedTask | None) -> bool:
        """Return whether the task is as the button leaves it. None stands for a deleted task."""
        if self.tool == "delete_task":
            return task is None
        return task is not None and task.done

    def applied(self, page: TaskList, task: ListedTask, shown: Filter) -> TaskList:
        """Return the list as the button leaves it."""
        if self.tool == "delete_task" or shown.status == "open":
            return page.without(task.id)
        return page.with_task(task.model_copy(update={"status": "done"}))

    async def press(self, request: ActionRequest[Press]) -> ActionResult:
        """Do what the button says with the user's own task. A repeat does nothing more.

        The steps that may fail come before the tool call: reading the list, and building the widget
        that is shown afterwards. Raise `ToolsUnavailable` when nothing was done.
        """
        tools, shown = request.tools, request.payload.shown
        page = await read_list(tools, shown.arguments)
        try:
            task = await find_task(tools, page, shown, request.payload.task_id)
        except TaskNotShown:
            return PressResult.of(page, shown, MAYBE_GONE)
        if task is None:
            return PressResult.of(page, shown, GONE)
        title = shorten(task.title, TITLE_BYTES)
        if self.is_done(task):
            return PressResult.of(page, shown, f"“{title}” was already {self.did}.")
        after = PressResult.of(
            self.applied(page, task, shown),
            shown,
            f"“{title}” was {self.did}.",
            f"The user {self.did} the task “{title}” (id {task.id}) with a button in the list."
            " The tools have already done it.",
            is_done=True,
        )
        is_done = await self._call(request, task)
        if is_done:
            return after
        if is_done is False:
            return PressResult.of(page, shown, NOT_DONE)
        return self._unknown(page, shown, title)

    async def _call(self, request: ActionRequest[Press], task: ListedTask) -> bool | None:
        """Call the tool, and return whether the button's change was made; None if unknown."""
        tools, shown = request.tools, request.payload.shown
        try:
            answer = await tools.act(self.tool, {"task": task.id}, request.key)
        except AnswerLost:
            return None
        if not answer.is_error:
            return True
        # The tool may have failed after it did its work, or another session may have done it.
        try:
            page = await read_list(tools, shown.arguments)
            return self.is_done(await find_task(tools, page, shown, task.id))
        except ToolsUnavailable:
            return None

    def _unknown(self, page: TaskList, shown: Filter, title: str) -> ActionResult:
        return PressResult.of(
            page,
            shown,
            f"It is not known whether “{title}” was {self.did}: the tools' answer was lost."
            " You can safely press the button again.",
            f"With a button in the list, the user asked for the task “{title}” to be {self.did}."
            " The tools' answer was lost: check whether it was done before you mention it.",
            is_done=None,
        )


@dataclass(frozen=True)
class PressResult(ActionResult):
    """The result of pressing a button, and the list after it."""

    page: TaskList = field(default_factory=lambda: TaskList(tasks=[]))
    shown: Filter = field(default_factory=Filter)

    @staticmethod
    def of(
        page: TaskList,
        shown: Filter,
        message: str,
        note: str | None = None,
        *,
        is_done: bool | None = False,
    ) -> PressResult:
        widget = task_list(page, shown.arguments)
        return PressResult(widget, message, note, is_done, page=page, shown=shown)

    def with_notice(self, notice: str) -> Widget:
        return task_list(self.page, self.shown.arguments, notice)

    async def refreshed(self, tools: Toolset) -> PressResult:
        page = await read_list(tools, self.shown.arguments)
        return replace(self, page=page, widget=task_list(page, self.shown.arguments))


async def ask_first(_request: ActionRequest[None]) -> ActionResult:
    """Ask the assistant which task comes first. The list stays as it is."""
    return ActionResult(None, "", ask=Ask("What should I do first?"))


ACTIONS: dict[str, WidgetAction[Any]] = {
    "tasks.complete": WidgetAction(Press, Button("complete_task", "completed").press),
    "tasks.delete": WidgetAction(Press, Button("delete_task", "deleted").press),
    "tasks.first": WidgetAction[None](None, ask_first, without_widget=True, starts_answer=True),
}
