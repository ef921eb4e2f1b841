"""Shows the tools that the model's endpoint runs itself: a task for each call.

The Agents SDK calls no hooks for them, and ChatKit shows only images.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from chatkit.types import CustomTask, FileSource, FileTask, SearchTask, Task, URLSource

from chat_api.conversation.workflow_progress import begin_task, end_task

if TYPE_CHECKING:
    from agents import StreamEvent
    from chatkit.types import WorkflowItem

    from chat_api.conversation.turn_context import TurnContext

# The sources that a task shows. A search may return hundreds.
MOST_SOURCES = 20
_ENDS = ("response.output_item.added", "response.output_item.done")


class Run(Protocol):
    """A run of the agent, as ChatKit reads it."""

    def stream_events(self) -> AsyncIterator[StreamEvent]: ...


class HostedProgress(AsyncIterator["StreamEvent"]):
    """Iterates over the events of a run, and sends the progress that they show before each.

    This is not a generator, because each word of an answer passes through it.
    """

    def __init__(self, turn: TurnContext, run: Run) -> None:
        self._turn = turn
        self._run = run
        self._begun: dict[str, tuple[WorkflowItem, int]] = {}

    def stream_events(self) -> AsyncIterator[StreamEvent]:
        self._events = self._run.stream_events()
        return self

    async def __anext__(self) -> StreamEvent:
        event = await self._events.__anext__()
        if event.type == "raw_response_event" and event.data.type in _ENDS:
            await self._show(event.data)
        return event

    async def _show(self, data: Any) -> None:
        task_of = _TASKS.get(data.item.type)
        if task_of is None:
            return
        is_done = data.type.endswith("done")
        task = task_of(data.item, is_done)
        task.status_indicator = _indicator(data.item, is_done=is_done)
        if data.item.id in self._begun:
            await end_task(self._turn, *self._begun[data.item.id], task)
        else:
            self._begun[data.item.id] = await begin_task(self._turn, task)


def _indicator(call: Any, *, is_done: bool) -> Any:
    if not is_done:
        return "loading"
    return "none" if call.status in ("failed", "incomplete") else "complete"


def _search(call: Any, is_done: bool) -> Task:
    action = call.action
    kind = getattr(action, "type", None)
    if not is_done or kind not in ("search", "open_page", "find_in_page"):
        return SearchTask(title="Searched the web" if is_done else "Searching the web")
    if kind != "search":
        return SearchTask(title="Read a page", sources=_pages([action.url]))
    queries = _texts([*(action.queries or ()), action.query])
    return SearchTask(
        title="Searched the web",
        title_query=next(iter(queries), None),
        queries=queries,
        sources=_pages(getattr(each, "url", None) for each in action.sources or ()),
    )


def _file_search(call: Any, is_done: bool) -> Task:
    names = _texts(getattr(each, "filename", None) for each in call.results or ())
    sources = [FileSource(filename=name, title=name) for name in names[:MOST_SOURCES]]
    return FileTask(title="Searched files" if is_done else "Searching files", sources=sources)


def _code(_call: Any, is_done: bool) -> Task:
    return CustomTask(title="Ran code" if is_done else "Running code")


def _pages(urls: Iterable[object]) -> list[URLSource]:
    """Return sources with the host as their title, without addresses that are not of the web."""
    web = [url for url in _texts(urls) if url.lower().startswith(("https://", "http://"))]
    return [URLSource(url=url, title=_host(url)) for url in web[:MOST_SOURCES]]


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def _texts(values: Iterable[object]) -> list[str]:
    """Return the texts among the values, each once. The client does not check what it reads."""
    return list(dict.fromkeys(each for each in values if isinstance(each, str) and each))


_TASKS: dict[str, Callable[[Any, bool], Task]] = {
    "web_search_call": _search,
    "file_search_call": _file_search,
    "code_interpreter_call": _code,
}
