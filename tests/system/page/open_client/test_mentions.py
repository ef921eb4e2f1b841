"""Mentions: an "@" finds entities of the page, and a chosen one is sent as a tag."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.system.page.open_client.chat import (
    FakeServiceChat,
    assistant_message,
    item,
    user_message,
)
from tests.waiting import until

ADA = {"id": "u1", "title": "Ada Lovelace", "group": "People", "interactive": True}
ADAM = {"id": "u2", "title": "Adam Smith", "group": "People"}
PLAN = {"id": "d1", "title": "Ada's plan", "group": "Documents", "data": {"kind": "plan"}}
FOUND = {"": [ADA, ADAM, PLAN], "Ada": [ADA, ADAM, PLAN], "Adam": [ADAM], "x": "later"}
ADA_PART = {
    "type": "input_tag",
    "id": "u1",
    "text": "Ada Lovelace",
    "data": {},
    "group": "People",
    "interactive": True,
}


class Mentions:
    def __init__(self, chat: FakeServiceChat) -> None:
        self.chat = chat
        self.menu = chat.page.get_by_role("listbox", name="Suggestions")
        self.options = self.menu.get_by_role("option")
        self.tags = chat.page.get_by_role("list", name="Mentions").get_by_role("listitem")

    def open(self, **previews: Any) -> None:
        arguments = [{}, FOUND | {"fails": "fails"}, previews]
        self.chat.page.evaluate("(given) => host.mountWithEntities(...given)", arguments)
        expect(self.chat.button("Mention")).to_be_visible()

    def type(self, text: str) -> None:
        self.chat.composer.press_sequentially(text)

    def choose(self, text: str) -> None:
        """Write a mention and choose the first suggestion."""
        self.type(text)
        expect(self.options.first).to_be_visible()
        self.chat.composer.press("Enter")
        expect(self.menu).to_be_hidden()

    def searches(self) -> list[str]:
        called = self.chat.page.evaluate("host.called")
        return [call["search"] for call in called if "search" in call]

    def content(self) -> Any:
        return self.chat.requested("threads.create")[-1]["input"]["content"]


@pytest.fixture
def mentions(chat: FakeServiceChat) -> Mentions:
    return Mentions(chat)


def test_chosen_entity_is_sent_as_a_tag_in_its_place(
    chat: FakeServiceChat, mentions: Mentions
) -> None:
    mentions.open()
    mentions.choose("Ask @Ada")
    expect(chat.composer).to_have_value("Ask @Ada Lovelace ")
    mentions.type("today")
    expect(mentions.tags).to_have_text(["@Ada Lovelace"])
    chat.composer.press("Enter")
    expect(chat.user_messages).to_have_text("Ask @Ada Lovelace today")
    assert mentions.content() == [
        {"type": "input_text", "text": "Ask "},
        ADA_PART,
        {"type": "input_text", "text": " today"},
    ]
    expect(mentions.tags).to_have_count(0)


def test_menu_is_used_with_the_keyboard(chat: FakeServiceChat, mentions: Mentions) -> None:
    mentions.open()
    mentions.type("@Ada")
    expect(mentions.options).to_have_text(["Ada Lovelace", "Adam Smith", "Ada's plan"])
    expect(mentions.options.nth(0)).to_have_attribute("aria-selected", "true")
    active = "text => text.getRootNode().getElementById(text.getAttribute('aria-activedescendant'))"
    for key, title in [("ArrowDown", "Adam Smith"), ("ArrowUp", "Ada Lovelace")]:
        chat.composer.press(key)
        assert chat.composer.evaluate(f"{active.replace('=> ', '=> (')}).textContent") == title
    chat.composer.press("ArrowUp")
    chat.composer.press("Tab")
    expect(chat.composer).to_have_value("@Ada's plan ")
    expect(chat.composer).to_be_focused()
    chat.composer.press("Enter")
    expect(chat.user_messages).to_have_text("@Ada's plan")
    tag = {"type": "input_tag", "id": "d1", "text": "Ada's plan", "data": {"kind": "plan"}}
    assert mentions.content() == [tag | {"group": "Documents", "interactive": False}]


def test_menu_is_used_with_the_pointer(chat: FakeServiceChat, mentions: Mentions) -> None:
    mentions.open()
    chat.button("Mention").click()
    expect(chat.composer).to_have_value("@")
    mentions.options.nth(1).click()
    expect(chat.composer).to_have_value("@Adam Smith ")
    expect(chat.composer).to_be_focused()


def test_escape_closes_only_the_menu(chat: FakeServiceChat, mentions: Mentions) -> None:
    mentions.open()
    chat.begin()
    mentions.type("@Ada")
    expect(mentions.menu).to_be_visible()
    chat.composer.press("Escape")
    expect(mentions.menu).to_be_hidden()
    expect(chat.button("Stop")).to_be_visible()
    assert chat.page.evaluate("host.service.aborted") == 0


def test_only_the_latest_search_is_shown(chat: FakeServiceChat, mentions: Mentions) -> None:
    mentions.open()
    mentions.type("@x")
    until(lambda: chat.page.evaluate("!!host.finds"))
    chat.composer.fill("")
    mentions.type("@Adam")
    expect(mentions.options).to_have_text(["Adam Smith"])
    chat.page.evaluate("([found]) => host.finds([found])", [PLAN])
    chat.page.evaluate("new Promise((resolve) => setTimeout(resolve))")
    expect(mentions.options).to_have_text(["Adam Smith"])


def test_fast_typing_searches_once(chat: FakeServiceChat, mentions: Mentions) -> None:
    mentions.open()
    chat.composer.evaluate(
        """text => ['@', '@A', '@Ad', '@Ada'].forEach((value) => {
            text.value = value;
            text.dispatchEvent(new Event('input', { bubbles: true }));
        })"""
    )
    expect(mentions.menu).to_be_visible()
    assert mentions.searches() == ["Ada"]


@pytest.mark.parametrize("text", ["mail ada@Ada", "@Nobody", "@fails"])
def test_no_menu_without_a_match(chat: FakeServiceChat, mentions: Mentions, text: str) -> None:
    mentions.open()
    mentions.type(text)
    if not text.startswith("mail"):
        expect(chat.page.get_by_role("status").filter(has_text="No suggestions")).to_have_count(1)
    expect(mentions.menu).to_be_hidden()
    chat.composer.press("Enter")
    expect(chat.user_messages).to_have_text(text)
    assert mentions.content() == [{"type": "input_text", "text": text}]


def test_edited_mention_becomes_plain_text(chat: FakeServiceChat, mentions: Mentions) -> None:
    mentions.open()
    mentions.choose("@Ada")
    expect(mentions.tags).to_have_count(1)
    chat.composer.press("Backspace")
    expect(mentions.tags).to_have_count(1)
    chat.composer.press("Backspace")
    expect(mentions.tags).to_have_count(0)
    chat.composer.press("Escape")
    chat.composer.press("Enter")
    expect(chat.user_messages).to_have_text("@Ada Lovelac")
    assert mentions.content() == [{"type": "input_text", "text": "@Ada Lovelac"}]


def test_mention_moves_with_the_text_before_it(chat: FakeServiceChat, mentions: Mentions) -> None:
    mentions.open()
    mentions.choose("@Ada")
    chat.composer.press("Home")
    mentions.type("Hi ")
    chat.composer.press("Enter")
    expect(chat.user_messages).to_have_text("Hi @Ada Lovelace")
    assert mentions.content() == [{"type": "input_text", "text": "Hi "}, ADA_PART]


def test_refused_message_keeps_its_mentions(chat: FakeServiceChat, mentions: Mentions) -> None:
    mentions.open()
    chat.answer_once("threads.create", {"status": 409, "body": {"message": "Not now."}})
    mentions.choose("  Ask @Ada")
    chat.composer.press("Enter")
    expect(chat.composer).to_have_value("Ask @Ada Lovelace")
    expect(mentions.tags).to_have_count(1)
    chat.composer.press("Enter")
    expect(chat.user_messages).to_have_text("Ask @Ada Lovelace")
    assert mentions.content() == [{"type": "input_text", "text": "Ask "}, ADA_PART]


def test_page_can_put_a_mention_into_the_composer(
    chat: FakeServiceChat, mentions: Mentions
) -> None:
    mentions.open()
    parts = [{"type": "input_text", "text": "Ask "}, ADA_PART]
    chat.call("setComposerValue", {"content": parts})
    expect(chat.composer).to_have_value("Ask @Ada Lovelace")
    chat.composer.press("Enter")
    expect(chat.user_messages).to_have_text("Ask @Ada Lovelace")
    assert mentions.content() == parts


@pytest.mark.parametrize("way", ["hover", "focus"])
def test_mention_in_a_message_shows_its_preview(
    chat: FakeServiceChat, mentions: Mentions, way: str
) -> None:
    message = item("user_message", "msg_1", content=[ADA_PART], attachments=[])
    chat.stored(message, assistant_message("Fine"))
    card = {"type": "Card", "children": [{"type": "Title", "value": "Countess"}]}
    mentions.open(u1=card)
    chat.call("setThreadId", "thr_1")
    tag = chat.button("@Ada Lovelace")
    tag.hover() if way == "hover" else tag.focus()
    preview = chat.page.get_by_role("tooltip")
    expect(preview).to_have_text("Countess")
    expect(tag).to_have_accessible_description("Countess")
    if way == "hover":
        chat.page.mouse.move(0, 0)
    else:
        chat.page.keyboard.press("Escape")
    expect(preview).to_have_count(0)
    tag.click()
    until(lambda: chat.page.evaluate("host.called.some((call) => call.clicked?.id === 'u1')"))


def test_mention_is_plain_where_the_page_has_no_entities(chat: FakeServiceChat) -> None:
    message = item("user_message", "msg_1", content=[ADA_PART], attachments=[])
    chat.stored(message, user_message("More", "msg_2"))
    chat.mount(initialThread="thr_1")
    expect(chat.user_messages.first).to_have_text("@Ada Lovelace")
    expect(chat.user_messages.first.get_by_role("button")).to_have_count(0)
