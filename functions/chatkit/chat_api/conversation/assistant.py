"""The extension point: what a team supplies to make the service its own.

`chat_api/app.py` hands one `Assistant` to the server. Everything but the agent has a default, so
the smallest assistant is an agent and nothing else:

    assistant = Assistant(Agent(name="assistant", instructions="You answer questions about …"))

docs/guides/your-own-assistant.md leads through all of it with an example.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from agents import Agent
    from chatkit.types import WidgetItem
    from chatkit.widgets import WidgetRoot
    from pydantic import BaseModel

    from chat_api.conversation.turn_context import TurnContext
    from chat_api.tools.toolset import Toolset


@dataclass(frozen=True)
class Assistant:
    """An agent and how the chat shows what it does.

    An exception in a widget, an action or a label does not end the answer: only that part is
    missing. The exception is logged with its class and its line.
    """

    # Its instructions, model settings and own function tools. The service adds the MCP tools of
    # each turn and the model that the settings or the message name.
    agent: Agent[TurnContext]
    # Each is asked once after an answer in which tools were called.
    widgets: Sequence[ShowWidget] = ()
    # By the type that a widget's button or form sends.
    actions: Mapping[str, WidgetAction[Any]] = field(default_factory=dict)
    # The progress line of a tool call; None stands for the tool's own title.
    label: Callable[[ToolCall], str | None] = lambda _call: None
    # Requests to the model in one turn. After the last one the turn ends with an error.
    max_steps: int = 12


@dataclass
class ToolCall:
    """A tool call of a turn, as widgets and labels see it.

    `title` and `read_only` are what the MCP server declares of the tool. `read_only` is None for
    a tool that declares nothing, such as a function tool of the agent. `is_own` is true for the
    tools of this deployment's MCP function. `result` is the structured content, empty for none.
    """

    tool: str
    arguments: Mapping[str, Any]
    title: str
    read_only: bool | None = None
    is_own: bool = False
    result: Mapping[str, Any] = field(default_factory=dict)
    state: Literal["running", "done", "failed"] = "running"

    @property
    def failed(self) -> bool:
        return self.state == "failed"


@dataclass(frozen=True)
class Widget:
    """A widget, and the text that its copy button gives."""

    root: WidgetRoot
    copy_text: str | None = None

    def in_item(self, item: WidgetItem) -> WidgetItem:
        """Return the item with this widget in place of its own."""
        return item.model_copy(update={"widget": self.root, "copy_text": self.copy_text})

    def with_line(self, text: str) -> Widget:
        """Return the widget with a line of text at its end."""
        line: dict[str, Any] = {"type": "Text", "value": text, "size": "sm", "color": "secondary"}
        if self.root.type == "ListView":
            line = {"type": "ListViewItem", "children": [line]}
        root = self.root.model_dump(mode="json", exclude_none=True)
        children = root.get("children", [])
        children = children if isinstance(children, list) else [children]
        changed = root | {"children": [*children, line]}
        return replace(self, root=type(self.root).model_validate(changed))


# Returns the widget to show after these calls, or None. The toolset can make further calls.
type ShowWidget = Callable[[Sequence[ToolCall], Toolset], Awaitable[Widget | None]]


@dataclass(frozen=True)
class ActionRequest[P: BaseModel]:
    """A button that was pressed, or a form that was sent.

    `key` is the idempotency key for tool calls that change something: it stays the same until the
    stored widget changes, so that a repeated press acts once.
    """

    payload: P
    sender: WidgetItem
    tools: Toolset
    key: str


@dataclass(frozen=True)
class WidgetAction[P: BaseModel]:
    """What the actions of one type carry, and what they do.

    A payload that does not fit is refused before `handle` runs. `handle` may raise as long as it
    has changed nothing: the person then reads that it did not work. Afterwards it returns a result.
    """

    payload: type[P]
    handle: Callable[[ActionRequest[P]], Awaitable[ActionResult]]


@dataclass(frozen=True)
class ActionResult:
    """What came of an action, and the widget to show now.

    `message` says to the person what was done, or why nothing was. It is shown where the widget
    alone would not make that clear. `note` is added to what the model knows, None for nothing.
    `is_done` is whether this action changed something, None if that is unknown.
    """

    widget: Widget
    message: str
    note: str | None = None
    is_done: bool | None = True

    def with_notice(self, notice: str) -> Widget:
        """Return the widget with a line to the person in it.

        Needed where an answer has no other place for it. Unless overridden, the line is the last
        one of the widget.
        """
        return self.widget.with_line(notice)

    async def refreshed(self, tools: Toolset) -> ActionResult:
        """Return the result with the widget as it is now.

        Called when another action stored the widget meanwhile. Unless overridden, this result
        is unchanged.
        """
        return self
