"""Functions that wait for the states of a turn and read its event stream."""

from typing import Any

from tests.unit.chat_api.over_http import Chat
from tests.unit.chat_api.wire import words
from tests.waiting import awaited


async def wait_for_thread(chat: Chat, user: str = "alice") -> str:
    """Wait for the user's first thread and return its id."""

    async def threads() -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = (await chat.send("threads.list", user)).json()["data"]
        return listed

    thread: str = (await awaited(threads))[0]["id"]
    return thread


async def shown(chat: Chat, thread: str, *, order: str = "asc") -> list[dict[str, Any]]:
    listed = await chat.send("items.list", thread_id=thread, order=order)
    items: list[dict[str, Any]] = listed.json()["data"]
    return items


async def wait_for_text(chat: Chat, thread: str) -> dict[str, Any]:
    """Wait for the item that shows the running answer, and return it."""

    async def running() -> list[dict[str, Any]]:
        return [item for item in await shown(chat, thread) if item["id"].startswith("running_")]

    return (await awaited(running))[0]


def final_items(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the kind and text of each item that a widget shows at the end of a stream."""
    items: dict[str, tuple[str, str]] = {}
    for event in events:
        match event["type"]:
            case "thread.item.added" | "thread.item.done" | "thread.item.replaced":
                item = event["item"]
                text = "".join(part["text"] for part in item.get("content", []))
                items[item["id"]] = (item["type"], text)
            case "thread.item.removed":
                del items[event["item_id"]]
            case "thread.item.updated" if "delta" in event["update"]:
                kind, text = items[event["item_id"]]
                items[event["item_id"]] = (kind, text + event["update"]["delta"])
    return list(items.values())


def first_message(text: str) -> dict[str, Any]:
    return {"input": words(text)}
