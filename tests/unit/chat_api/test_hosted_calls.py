"""Calls of tools that the endpoint runs, whatever it sends of them."""

from typing import Any

import pytest
from agents.testing import assistant_message
from openai.types.responses import (
    ResponseCodeInterpreterToolCall,
    ResponseFileSearchToolCall,
    ResponseFunctionWebSearch,
)

from chat_api.conversation.hosted_progress import MOST_SOURCES
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_progress import workflows
from tests.unit.chat_api.whole_answers import whole_answer
from tests.unit.chat_api.wire import thread_of

PAGE = "https://example.com/cats"


def search(status: str = "completed", **action: Any) -> ResponseFunctionWebSearch:
    given = {"id": "ws_1", "type": "web_search_call", "status": status, "action": action}
    return ResponseFunctionWebSearch.model_validate(given)


async def shown_after(chat: Chat, *items: Any) -> list[dict[str, Any]]:
    """Return the tasks that are shown after an answer with these items."""
    chat.model.extend([whole_answer(*items, assistant_message("Done."))])
    events = await chat.say("Look it up")
    [workflow] = workflows(await chat.shown(thread_of(events)))
    tasks: list[dict[str, Any]] = workflow["tasks"]
    return tasks


async def test_a_page_that_was_opened_is_a_source(chat: Chat) -> None:
    [task] = await shown_after(chat, search(type="open_page", url=PAGE))
    assert task["title"] == "Read a page"
    assert [each["url"] for each in task["sources"]] == [PAGE]


async def test_a_search_shows_its_first_sources_and_only_pages_of_the_web(chat: Chat) -> None:
    urls = ["javascript:alert(1)", "https://[", *(f"{PAGE}/{number}" for number in range(30))]
    sources = [{"type": "url", "url": url} for url in urls]
    [task] = await shown_after(chat, search(type="search", query="cats", sources=sources))
    assert len(task["sources"]) == MOST_SOURCES
    assert task["title_query"] == "cats"
    assert "javascript" not in str(task)


async def test_a_search_that_failed_is_not_shown_as_complete(chat: Chat) -> None:
    [task] = await shown_after(chat, search("failed", type="search", query="cats"))
    assert task["status_indicator"] == "none"


@pytest.mark.parametrize("action", [None, {"type": "telepathy"}])
async def test_an_unreadable_action_is_shown_without_details(chat: Chat, action: Any) -> None:
    call = search(type="search").model_copy(update={"action": action})
    [task] = await shown_after(chat, call)
    assert (task["title"], task["sources"]) == ("Searched the web", [])


async def test_a_file_search_shows_each_file_once(chat: Chat) -> None:
    results = [{"filename": name} for name in ("a.pdf", "a.pdf", None, "b.pdf")]
    given = {"id": "fs_1", "type": "file_search_call", "status": "completed", "queries": ["cats"]}
    call = ResponseFileSearchToolCall.model_validate(given | {"results": results})
    [task] = await shown_after(chat, call)
    assert (task["type"], task["title"]) == ("file", "Searched files")
    assert [each["filename"] for each in task["sources"]] == ["a.pdf", "b.pdf"]


async def test_code_and_a_search_share_a_workflow(chat: Chat) -> None:
    given = {"id": "ci_1", "type": "code_interpreter_call", "status": "completed"}
    code = ResponseCodeInterpreterToolCall.model_validate(
        given | {"container_id": "c", "code": "1"}
    )
    tasks = await shown_after(chat, code, search(type="search", query="cats"))
    assert [task["title"] for task in tasks] == ["Ran code", "Searched the web"]
