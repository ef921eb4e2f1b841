"""The progress of the tools that OpenAI runs, and the sources of what they found."""

from tests.unit.chat_api.hosted_tools.conftest import Endpoint
from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.test_progress import task_updates, workflows
from tests.unit.chat_api.wire import of_type, thread_of, types


async def test_a_search_is_shown_while_it_runs_and_with_its_sources(
    chat: Chat, endpoint: Endpoint
) -> None:
    events = await chat.say("Search the web for cats")
    assert task_updates(events) == [
        (0, "Searching the web", "loading"),
        (0, "Searched the web", "complete"),
    ]
    [workflow] = workflows(await chat.shown(thread_of(events)))
    [task] = workflow["tasks"]
    assert task["type"] == "web_search"
    assert task["queries"] == ["cats"]
    [source] = task["sources"]
    assert (source["url"], source["title"]) == ("https://example.com/cats", "example.com")
    assert "web_search_call.action.sources" in endpoint.last_body


async def test_the_answer_cites_the_page(chat: Chat) -> None:
    events = await chat.say("Search the web for cats")
    [message] = of_type(await chat.shown(thread_of(events)), "assistant_message")
    [annotation] = message["content"][0]["annotations"]
    assert annotation["source"]["url"] == "https://example.com/cats"
    added = [each for each in events if "annotation" in each.get("update", {})]
    assert len(added) == 1


async def test_a_later_request_is_taken_after_a_search(chat: Chat) -> None:
    thread = thread_of(await chat.say("Search the web for cats"))
    assert types(await chat.say("Thanks", thread))[-1] == "thread.item.done"
