"""The buttons of the task list: what they send, and what pressing one does."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from chatkit.actions import Action
from chatkit.types import WidgetItem
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chat_api.model.texts import shorten
from chat_api.tools.errors import AnswerLost, ToolsUnavailable
from chat_api.tools.idempotency import digest
from chat_api.tools.toolset import ToolServers, Toolset
from chatcore.errors import InvalidRequest
from task_assistant.task_list import NoTaskList, Shown, ShownTasks, TaskNotShown, find_task
from task_assistant.task_widget import ListedTask, TaskList, as_text, task_list

# Of a task's title in a sentence.
TITLE_BYTES = 200
GONE = "The task is gone already. The list shows what there is now."
MAYBE_GONE = "The task was not found: it may be gone already. The list shows what there is now."
NOT_DONE = "That did not work: the tools refused it."


class Press(BaseModel):
    """A button pressed: which task it stands at, and which tasks its list shows."""

    model_config = ConfigDict(extra="forbid")

    task_id: str = Field(min_length=1, max_length=200)
    shown: Shown = Shown()

    @property
    def listing(self) -> dict[str, str]:
        """The arguments of list_tasks."""
        return self.shown.model_dump(exclude_none=True)


@dataclass(frozen=True)
class Button:
    """The tool call that a button makes, and the word for it."""

    tool: Literal["complete_task", "delete_task"]
    did: str

    def is_done(self, task: ListedTask | None) -> bool:
        """Whether the task is as the button leaves it; None is a task that is gone."""
        if self.tool == "delete_task":
            return task is None
        return task is not None and task.done

    def applied(self, page: TaskList, task: ListedTask, shown: Shown) -> TaskList:
        """Return the list as the button leaves it."""
        if self.tool == "delete_task" or shown.status == "open":
            return page.without(task.id)
        return page.with_task(task.model_copy(update={"status": "done"}))


BUTTONS = {
    "tasks.complete": Button("complete_task", "completed"),
    "tasks.delete": Button("delete_task", "deleted"),
}


@dataclass(frozen=True)
class Pressed:
    """What came of a button, and the list to show after it.

    `said` tells the person what was done, or why nothing was. `note` is what the model has to know,
    None for nothing. `is_done` is whether this press has changed the task, None if that is unknown.
    """

    press: Press
    page: TaskList
    said: str
    note: str | None = None
    is_done: bool | None = False

    def item(self, sender: WidgetItem, notice: str = "") -> WidgetItem:
        """Return the widget with the list as it is now, and with a notice in it."""
        shown = task_list(self.page, self.press.listing, notice)
        return sender.model_copy(update={"widget": shown, "copy_text": as_text(self.page)})

    def outdates(self, sender: WidgetItem) -> bool:
        """Return whether the stored list shows other tasks than there are, and is to be replaced.

        It stays while the outcome is unknown, so that pressing again is a repeat (`key_of`).
        """
        return self.is_done is not None and _as_stored(self.item(sender)) != _as_stored(sender)


def _as_stored(item: WidgetItem) -> dict[str, Any]:
    """Return what is the same for a widget that was just built and for the same one from a row."""
    return item.model_dump(mode="json", exclude_none=True)


def read_press(action: Action[str, Any]) -> Press:
    """What the button sent. Raises `InvalidRequest` for what no button of ours sends."""
    if action.type not in BUTTONS:
        raise InvalidRequest("This assistant has no such action.")
    try:
        return Press.model_validate(action.payload)
    except ValidationError:
        raise InvalidRequest("params.action.payload: is not that of a button") from None


async def press(
    tools: ToolServers, action: Action[str, Any], sender: WidgetItem, user: str
) -> Pressed:
    """Do what the button says, with the user's own tasks; a repeat does nothing more.

    All that may fail comes before the tool is called: reading the list, and making the widget that
    is shown afterwards. Raises `InvalidRequest`; `NoTaskList` or `ToolsUnavailable` when nothing
    was done.
    """
    asked, button = read_press(action), BUTTONS[action.type]
    async with tools.connect(user) as server:
        page = await ShownTasks(asked.listing).read(server)
        try:
            task = await find_task(server, page, asked.shown, asked.task_id)
        except TaskNotShown:
            return Pressed(asked, page, MAYBE_GONE)
        if task is None:
            return Pressed(asked, page, GONE)
        title = shorten(task.title, TITLE_BYTES)
        if button.is_done(task):
            return Pressed(asked, page, f"“{title}” was {button.did} already.")
        after = Pressed(
            asked,
            button.applied(page, task, asked.shown),
            f"“{title}” was {button.did}.",
            f"With a button of the list, the user {button.did} the task “{title}” (id {task.id})."
            " The tools have done it already.",
            is_done=True,
        )
        # What cannot be shown is not done.
        after.item(sender)
        is_done = await _call(server, button, task, asked, key_of(action, sender))
    if is_done:
        return after
    if is_done is False:
        return Pressed(asked, page, NOT_DONE)
    return _unknown(asked, page, button.did, title)


async def read_again(tools: ToolServers, pressed: Pressed, user: str) -> Pressed:
    """Return it with the list as it is now. Raises `NoTaskList` or `ToolsUnavailable`."""
    async with tools.connect(user) as server:
        page = await ShownTasks(pressed.press.listing).read(server)
    return replace(pressed, page=page)


def key_of(action: Action[str, Any], sender: WidgetItem) -> str:
    """Return the idempotency key of a press.

    It is the same until the list that is stored changes: until then, a press is a repeat.
    """
    pressed = digest(action.type, action.payload, sender.model_dump(mode="json"))
    return f"{sender.id}/{pressed}"


def _unknown(asked: Press, page: TaskList, did: str, title: str) -> Pressed:
    return Pressed(
        asked,
        page,
        f"It is not known whether “{title}” was {did}: the answer of the tools was lost."
        " Pressing the button again does no harm.",
        f"With a button of the list, the user wanted the task “{title}” to be {did}. The answer of"
        " the tools was lost: look whether it was done before you speak of it.",
        is_done=None,
    )


async def _call(
    server: Toolset, button: Button, task: ListedTask, asked: Press, key: str
) -> bool | None:
    """Call the button's tool, and return whether the task is as wanted then; None if unknown."""
    try:
        answer = await server.act(button.tool, {"task": task.id}, key)
    except AnswerLost:
        return None
    if not answer.is_error:
        return True
    # It may have failed after its work was done, or somebody else has done it.
    try:
        page = await ShownTasks(asked.listing).read(server)
        return button.is_done(await find_task(server, page, asked.shown, task.id))
    except (NoTaskList, ToolsUnavailable):
        return None
