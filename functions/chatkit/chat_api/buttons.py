"""The buttons of the task list: what they send, and what it does."""

from dataclasses import dataclass
from typing import Any, Literal

from chatkit.actions import Action
from chatkit.types import WidgetItem
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chat_api.shown_tasks import ShownTasks
from chat_api.task_widget import as_text, task_list
from chat_api.tools.servers import ToolServers
from chatcore.errors import InvalidRequest


class Press(BaseModel):
    """A button pressed: which task it stands at, and which tasks its list shows."""

    model_config = ConfigDict(extra="forbid")

    task_id: str = Field(min_length=1, max_length=200)
    shown: dict[str, str] = Field(default={}, max_length=8)


@dataclass(frozen=True)
class Button:
    """The tool call that a button makes, and the words in which the model hears of it."""

    tool: Literal["complete_task", "delete_task"]
    did: str


BUTTONS = {
    "tasks.complete": Button("complete_task", "completed"),
    "tasks.delete": Button("delete_task", "deleted"),
}


@dataclass(frozen=True)
class Pressed:
    """The list as it is after a button, and what the model is to know; None for no change."""

    widget: WidgetItem
    told: str | None


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

    Raises `InvalidRequest`, `NoTaskList` and what connecting to the tools raises.
    """
    pressed, button = read_press(action), BUTTONS[action.type]
    async with tools.connect(user) as server:
        done = await server.call_tool(button.tool, {"task": pressed.task_id})
        page = await ShownTasks(dict(pressed.shown)).read(server)
    shown = {"widget": task_list(page, pressed.shown), "copy_text": as_text(page)}
    told = None if done.is_error else _told(button, done.structured_content or {})
    return Pressed(sender.model_copy(update=shown), told)


def _told(button: Button, task: dict[str, Any]) -> str:
    return (
        f"With a button of the list, the user {button.did} the task “{task.get('title')}”"
        f" (id {task.get('id')}). The tools have done it already."
    )
