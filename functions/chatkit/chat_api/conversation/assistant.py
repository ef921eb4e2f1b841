"""The extension point: what a team supplies to make the service its own.

`chat_api/app.py` hands one `Assistant` to the server. Everything but the agent has a default, so
the smallest assistant is an agent and nothing else:

    assistant = Assistant(Agent(name="assistant", instructions="You answer questions about …"))

docs/guides/your-own-assistant.md walks through an example; docs/guides/asking.md covers questions,
approvals and tools of the page, and docs/guides/actions.md actions that start an answer.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from agents import Agent
    from chatkit.types import ThreadMetadata, ThreadStatus, WidgetItem
    from chatkit.widgets import WidgetRoot
    from pydantic import BaseModel

    from chat_api.attachments.policy import AttachmentPolicy
    from chat_api.conversation.choices import ComposerTool
    from chat_api.conversation.mentions import Entities
    from chat_api.conversation.turn_context import TurnContext
    from chat_api.tools.approval import Approval
    from chat_api.tools.toolset import Toolset


async def _not_described(_call: ToolCall, _tools: Toolset) -> None:
    return None


@dataclass(frozen=True)
class Assistant:
    """An agent and how the chat shows what it does.

    An exception in a widget, a label or a description does not end the answer: a notice replaces
    the widget, the tool's title replaces the label, and the title with all arguments replaces the
    description. A failed action shows an error. The exception is logged with its class and its
    line.
    """

    # Its instructions, model settings and own function tools. The service adds the MCP tools of
    # each turn and the model that the settings or the message name.
    agent: Agent[TurnContext]
    # Each is called once after every complete answer, with the turn's tool calls, if any.
    widgets: Sequence[ShowWidget] = ()
    # By the type that a widget's button or form, or the page, sends.
    actions: Mapping[str, WidgetAction[Any]] = field(default_factory=dict)
    # The progress line of a tool call; None stands for the tool's own title, after "Failed: " if
    # the call failed.
    label: Callable[[ToolCall], str | None] = lambda _call: None
    # What the person may mention with "@" in a message.
    entities: Entities | None = None
    # Tools that the person may choose for a message.
    composer_tools: Sequence[ComposerTool] = ()
    # Tools that the page runs.
    client_tools: Sequence[ClientTool] = ()
    # Whether the agent may ask the person up to five questions at once, in a form.
    asks_questions: bool = False
    # Which calls of our own MCP tools need the person's approval. Each outside server has a rule of
    # its own in the setting TOOL_SERVERS.
    approval: Approval = "never"
    # The rules of single MCP tools, ours and others', by the name that the model uses.
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    # What a call would do, in the question that asks for its approval. None, a blank text or more
    # than 4,000 bytes stand for the tool's title and all arguments. The toolset can look up what
    # the arguments name.
    describe: Describe = field(default=_not_described)
    # The files that a message may have; None for none.
    attachments: AttachmentPolicy | None = None
    # The most steps of the agent in one turn: one answer of the model each, however often it is
    # retried. A turn that needs more ends with an error.
    max_steps: int = 12


@dataclass
class ToolCall:
    """A tool call of a turn, as widgets, labels and descriptions see it.

    `tool` is the name that the model uses. `title` is the title that the tool's server declares, or
    else the tool's name in plain words.
    `read_only` is what the server declares, and None if it declares nothing, as for a function tool
    of the agent. `is_own` is true for the tools of this deployment's MCP function. `result` is the
    structured content, empty for none.
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
class ClientTool:
    """A tool that the page runs in its `onClientTool`, which returns the result.

    The turn waits for the result. `arguments` is the Pydantic model of the arguments, None for a
    tool without any; a call that does not fit it never reaches the page.
    """

    name: str
    description: str
    arguments: type[BaseModel] | None = None


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


class ChangeThread(Protocol):
    """Changes a thread as it is stored now, and shows the change to the person.

    `metadata` holds the keys to change; None removes a key. Raises `NotFoundError` for a thread
    that was deleted meanwhile.
    """

    async def __call__(
        self, *, status: ThreadStatus | None = None, metadata: Mapping[str, Any] | None = None
    ) -> None: ...


# Returns what a call would do, in a few words such as "Send the letter to Ann", or None.
type Describe = Callable[[ToolCall, Toolset], Awaitable[str | None]]

# Returns the widget to show after these calls, or None. The toolset can make further calls. An
# async generator yields one widget as it grows: the first state is shown at once, and the last one
# is stored.
type ShowWidget = Callable[
    [Sequence[ToolCall], Toolset], Awaitable[Widget | None] | AsyncGenerator[Widget]
]


@dataclass(frozen=True)
class ActionRequest[P: BaseModel | None]:
    """A button that was pressed, a form that was sent, or an action that the page sent.

    `sender` is the widget, None if the page named none. `key` is the idempotency key for tool calls
    that change something: it stays the same until the stored widget changes, so that a repeated
    press acts once. Without a widget, it stays the same until the thread has another item.
    `thread` is changed with `change_thread` alone.
    """

    payload: P
    sender: WidgetItem | None
    tools: Toolset
    key: str
    thread: ThreadMetadata
    change_thread: ChangeThread


@dataclass(frozen=True)
class WidgetAction[P: BaseModel | None]:
    """What the actions of one type carry, and what they do.

    A payload that does not fit is refused before `handle` runs; the payload None stands for an
    action without any. `handle` may raise only while nothing has been changed; the person then
    reads that it did not work. Once it has changed something, it must return a result.
    """

    payload: type[P] | None
    handle: Callable[[ActionRequest[P]], Awaitable[ActionResult]]
    # Whether the page may send it without a widget: `sendCustomAction` without an item.
    without_widget: bool = False
    # Whether a result may ask for an answer. The action then opens a turn: it counts as a message,
    # and is refused while another answer is being written.
    starts_answer: bool = False
    # Whether a locked or closed thread accepts it, for example because it unlocks the thread.
    in_closed_thread: bool = False


@dataclass(frozen=True)
class Ask:
    """A message that an action writes for the person, and that the assistant answers.

    A hidden one is read by the model alone.
    """

    text: str
    is_hidden: bool = False


@dataclass(frozen=True)
class ActionResult:
    """What came of an action, and the widget to show now; None leaves the widget as it is.

    `message` says to the person what was done, or why nothing was. It is shown where the widget
    alone would not make that clear. `note` is added to what the model knows, None for nothing.
    `is_done` is whether this action changed something, None if that is unknown.
    """

    widget: Widget | None
    message: str
    note: str | None = None
    is_done: bool | None = True
    # Starts an answer, if the action is declared to.
    ask: Ask | None = None

    def with_notice(self, notice: str) -> Widget | None:
        """Return the widget with a line to the person in it, or None without a widget.

        Needed where an answer has no other place for it. Unless overridden, the line is the last
        one of the widget.
        """
        return self.widget.with_line(notice) if self.widget else None

    async def refreshed(self, tools: Toolset) -> ActionResult:
        """Return the result with the widget as it is now.

        Called when another action stored the widget meanwhile. Unless overridden, this result
        is unchanged.
        """
        return self
