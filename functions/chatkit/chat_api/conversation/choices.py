"""The tools and models that a person may choose for a message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatkit.types import UserMessageItem

    from chat_api.model.model_config import ModelList


@dataclass(frozen=True)
class ComposerTool:
    """A tool that the person may choose in the composer; the answer then begins with it.

    `tool` is the name that the model uses: an MCP tool or a function tool of the agent. `icon` is
    one of ChatKit's. `placeholder` replaces the composer's while the tool is chosen.
    """

    id: str
    label: str
    tool: str
    icon: str = "bolt"
    placeholder: str | None = None
    is_pinned: bool = False
    # Whether the choice stays for the messages that follow.
    is_persistent: bool = False

    def for_page(self) -> dict[str, Any]:
        """Return the tool as ChatKit's `composer.tools` option expects it."""
        shown = {
            "id": self.id,
            "label": self.label,
            "icon": self.icon,
            "placeholder_override": self.placeholder,
            "pinned": self.is_pinned,
            "persistent": self.is_persistent,
        }
        return {name: value for name, value in shown.items() if value is not None}


def chosen_tool(message: UserMessageItem, tools: Iterable[ComposerTool]) -> str | None:
    """Return the model's name of the tool that a message chooses; None for no or an old choice."""
    choice = message.inference_options.tool_choice
    return next((each.tool for each in tools if choice and each.id == choice.id), None)


def models_for_page(models: ModelList) -> list[dict[str, Any]]:
    """Return the models as ChatKit's `composer.models` option expects them.

    A single model leaves nothing to choose.
    """
    names = models.names if len(models.names) > 1 else ()
    return [
        {"id": name, "label": name} | ({"default": True} if name == names[0] else {})
        for name in names
    ]


def tools_for_page(tools: Sequence[ComposerTool]) -> list[dict[str, Any]]:
    """Return the tools as ChatKit's `composer.tools` option expects them."""
    return [each.for_page() for each in tools]
