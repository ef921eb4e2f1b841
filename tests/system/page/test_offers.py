"""The page gives the element what the service offers, and works without offers."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.system.page.chat_page import ChatPage
from tests.system.page.open_client_page import OpenClientPage
from tests.waiting import until

MODELS = [{"id": "fast", "label": "Fast", "default": True}, {"id": "smart", "label": "Smart"}]
OFFERS = {
    "attachments": {"accept": {"image/*": [".png"]}, "max_size": 1000, "max_count": 3},
    "dictation": True,
    "models": MODELS,
    "tools": [{"id": "search", "label": "Search", "placeholder_override": "What?"}],
    "entities": True,
}
OFFERED = {
    "attachments": {
        "enabled": True,
        "accept": {"image/*": [".png"]},
        "maxSize": 1000,
        "maxCount": 3,
    },
    "dictation": {"enabled": True},
    "models": MODELS,
    "tools": [
        {
            "id": "search",
            "label": "Search",
            "icon": "settings-slider",
            "placeholderOverride": "What?",
        }
    ],
    "placeholder": "Write a message",
}
NOTHING: dict[str, Any] = {
    "attachments": None,
    "dictation": False,
    "models": MODELS[:1],
    "tools": [],
    "entities": False,
}


def offering(chat: ChatPage, answer: Any, status: int = 200) -> list[Route]:
    """Let the service answer with these offers, and return the requests for them."""
    seen: list[Route] = []

    def fulfill(route: Route) -> None:
        seen.append(route)
        route.fulfill(status=status, json=answer)

    chat.page.route("**/chatkit/offers", fulfill)
    return seen


def test_offers_become_options(chat: ChatPage, user: str) -> None:
    seen = offering(chat, OFFERS)
    chat.chat(user)
    until(lambda: chat.options()["composer"] == OFFERED)
    assert chat.options()["entities"] == {"showComposerMenu": True}
    assert len(seen) == 1
    assert seen[0].request.headers["authorization"].startswith("Bearer ")


def test_mentions_are_searched_and_previewed_at_the_service(chat: ChatPage, user: str) -> None:
    offering(chat, OFFERS)
    asked: list[Any] = []

    def answer(route: Route) -> None:
        asked.append(route.request.post_data_json)
        found = {"entities": [{"id": "u1", "title": "Ada"}]}
        preview = {"preview": {"type": "Basic", "children": []}}
        route.fulfill(json=preview if route.request.url.endswith("/preview") else found)

    chat.page.route("**/chatkit/entities**", answer)
    chat.chat(user)
    until(lambda: "entities" in chat.options())
    entities = "it.optionCalls.at(-1).entities"
    assert chat.evaluate(f"{entities}.onTagSearch('ad')") == [{"id": "u1", "title": "Ada"}]
    preview = chat.evaluate(f"{entities}.onRequestPreview({{ id: 'u1', title: 'Ada' }})")
    assert preview == {"preview": {"type": "Basic", "children": []}}
    assert asked == [{"query": "ad"}, {"id": "u1"}]


@pytest.mark.parametrize(
    ("answer", "status"), [(NOTHING, 200), ({"message": "Not found."}, 404), ("<html>", 503)]
)
def test_chat_works_without_offers(chat: ChatPage, user: str, answer: Any, status: int) -> None:
    seen = offering(chat, answer, status)
    chat.chat(user)
    until(lambda: seen and chat.evaluate("it.optionCalls.length") == 2)
    assert chat.options()["composer"] == {"placeholder": "Write a message"}
    assert "entities" not in chat.options()
    assert chat.send_message()["status"] == 200
    expect(chat.notices.locator("> div")).to_have_count(0)


def test_our_own_element_shows_the_offers(page: Page, user: str) -> None:
    chat = OpenClientPage(page)
    offering(chat, OFFERS)
    chat.chat(user)
    expect(chat.button("Attach files")).to_be_visible()
    expect(chat.button("Mention")).to_be_visible()
    expect(page.get_by_role("combobox", name="Model")).to_have_value("fast")
    expect(page.get_by_role("combobox", name="Tool")).to_be_visible()
