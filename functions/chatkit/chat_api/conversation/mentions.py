"""What a person may mention with "@", found by the assistant with the person's own tools."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chat_api.tools.errors import ToolsUnavailable
from chatcore.errors import InvalidRequest, Unavailable
from chatcore.logs import described, logger

if TYPE_CHECKING:
    from chatkit.widgets import WidgetRoot

    from chat_api.request_context import RequestContext
    from chat_api.tools.toolset import ToolServers, Toolset

MAX_ENTITIES = 20
MAX_TITLE = 200
MAX_ENTITY_BYTES = 4_000
NO_MENTIONS = "This assistant takes no mentions."
NOT_FOUND_NOW = "Mentions cannot be looked up right now. Please try again in a moment."


@dataclass(frozen=True)
class Entity:
    """Something to mention. The page sends all of it back with the message.

    The model receives the title, the id, the group and the data. `icon` is one of ChatKit's.
    `interactive` is whether the page asks for a preview of it.
    """

    id: str
    title: str
    icon: str | None = None
    group: str | None = None
    interactive: bool = True
    data: Mapping[str, str] = field(default_factory=dict)

    def for_page(self) -> dict[str, Any]:
        """Return the entity as ChatKit's `entities` options expect it."""
        shown = vars(self) | {"title": self.title[:MAX_TITLE], "data": dict(self.data)}
        return {name: value for name, value in shown.items() if value is not None}


@dataclass(frozen=True)
class Entities:
    """How an assistant finds and shows what can be mentioned.

    Both functions get tools that act for the signed-in user. `search` returns the best matches
    first; an empty query asks for suggestions. `preview` returns None for what is not there.
    """

    search: Callable[[str, Toolset], Awaitable[Sequence[Entity]]]
    preview: Callable[[str, Toolset], Awaitable[WidgetRoot | None]]


class Mentions:
    """Searches the entities of an assistant, and shows their previews."""

    def __init__(self, tools: ToolServers, entities: Entities | None) -> None:
        self._tools = tools
        self._entities = entities

    @property
    def are_offered(self) -> bool:
        return self._entities is not None

    async def search(self, query: str, context: RequestContext) -> list[dict[str, Any]]:
        """Return at most 20 entities for the page.

        Raise `InvalidRequest` if the assistant has none, `Unavailable` if the search fails. An
        entity of more than 4,000 bytes is left out.
        """
        entities = self._known()
        try:
            async with self._tools.connect(context.user) as tools:
                found = [each.for_page() for each in await entities.search(query, tools)]
        except Exception as error:
            raise _failed("entities_not_found", error) from error
        return [each for each in found if _bytes(each) <= MAX_ENTITY_BYTES][:MAX_ENTITIES]

    async def preview(self, entity_id: str, context: RequestContext) -> dict[str, Any] | None:
        """Return the widget that shows an entity; None if it does not exist.

        Raise `InvalidRequest` if the assistant has no entities, `Unavailable` if reading it fails.
        """
        entities = self._known()
        try:
            async with self._tools.connect(context.user) as tools:
                root = await entities.preview(entity_id, tools)
        except Exception as error:
            raise _failed("entity_not_shown", error) from error
        return None if root is None else root.model_dump(mode="json", exclude_none=True)

    def _known(self) -> Entities:
        if self._entities is None:
            raise InvalidRequest(NO_MENTIONS)
        return self._entities


def _failed(event: str, error: Exception) -> Unavailable:
    logger.error(event, **described(error))
    return Unavailable(
        ToolsUnavailable().message if isinstance(error, ToolsUnavailable) else NOT_FOUND_NOW
    )


def _bytes(entity: dict[str, Any]) -> int:
    return len(json.dumps(entity, ensure_ascii=False).encode(errors="replace"))
