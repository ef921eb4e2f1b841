"""The full composer and the messages it sends: accessible, in the dark too, and never too wide."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.system.page.open_client.chat import (
    FakeServiceChat,
    assistant_message,
    user_message,
)
from tests.system.page.open_client.test_accessibility import findings
from tests.system.page.open_client.test_choices import MODELS, TOOLS
from tests.system.page.open_client.test_mentions import ADA, ADA_PART, ADAM, FOUND
from tests.system.page.open_client.test_page_attachments import ACCEPTED, NOTES, PICTURE, Files

# Slow: only make test-all runs these.
pytestmark = pytest.mark.deep
LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 4


def filled(chat: FakeServiceChat, scheme: str = "light", words: str = "") -> None:
    """Open a chat with everything in the composer, and the menu of mentions."""
    files = Files(chat)
    attachment = {"type": "file", "id": "atc", "name": f"plan {words}.pdf", "mime_type": "x/y"}
    message = user_message("") | {
        "content": [{"type": "input_text", "text": "Ask "}, ADA_PART],
        "attachments": [attachment],
        "quoted_text": f"Milk is white. {words}",
    }
    chat.stored(message, assistant_message("Milk is white."))
    composer = {
        "attachments": ACCEPTED | {"maxCount": 4},
        "models": [*MODELS, {"id": "long", "label": f"Long {words}"}],
        "tools": [*TOOLS, {"id": "long", "label": f"Long {words}", "icon": "bug", "pinned": True}],
    }
    options = {"initialThread": "thr_1", "theme": scheme, "composer": composer}
    found = FOUND | {"A": [ADA, ADAM | {"title": f"Adam {words}"}]}
    chat.page.evaluate("(given) => host.mountWithEntities(...given)", [options, found])
    expect(chat.answers).to_have_count(1)
    files.accept("atc_1", "notes.txt")
    files.choose(NOTES | {"name": f"notes {words}.txt"})
    expect(chat.page.get_by_role("progressbar")).to_be_hidden()
    files.status = 403
    files.choose(PICTURE)
    expect(chat.button("Try again")).to_be_visible()
    files.held = True
    files.choose(NOTES | {"name": "more.txt"})
    expect(chat.page.get_by_role("progressbar")).to_be_visible()
    chat.call("setComposerValue", {"reply": f"Milk is white. {words}", "content": [ADA_PART]})
    chat.composer.press("End")
    chat.composer.press_sequentially(" and @A")
    expect(chat.page.get_by_role("listbox").get_by_role("option")).to_have_count(2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_full_composer_is_accessible(chat: FakeServiceChat, scheme: str) -> None:
    filled(chat, scheme)
    assert findings(chat) == []
    chat.composer.press("Escape")
    chat.log.get_by_role("paragraph").get_by_text("Milk is white.").last.click(click_count=3)
    expect(chat.button("Reply")).to_be_visible()
    assert findings(chat) == []


@pytest.mark.parametrize("width", [320, 900])
def test_full_composer_is_not_wider_than_the_screen(
    chat_with: Callable[..., FakeServiceChat], width: int
) -> None:
    chat = chat_with(viewport={"width": width, "height": 568})
    filled(chat, words=LONG)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert chat.page.evaluate(overflow) == 0
    for box in (chat.log, chat.page.locator(".composer")):
        assert box.evaluate("el => el.scrollWidth - el.clientWidth") <= 0
    # Much content leaves room for the thread.
    log = chat.log.bounding_box()
    assert log is not None
    assert log["height"] >= 100
