"""Quotes: selected text of an answer is replied to."""

from playwright.sync_api import expect

from tests.system.page.open_client.chat import (
    FakeServiceChat,
    assistant_message,
    user_message,
)

SELECT = """(element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const selection = document.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
}"""


def opened(chat: FakeServiceChat) -> None:
    chat.stored(user_message("Hello"), assistant_message("Milk is white.\n\nTea is not."))
    chat.mount(initialThread="thr_1")
    expect(chat.answers).to_have_count(1)


def select(chat: FakeServiceChat, text: str) -> None:
    """Select a line of the log with the pointer."""
    line = chat.log.get_by_text(text, exact=True)
    line.click(click_count=3)


def quote(chat: FakeServiceChat) -> None:
    select(chat, "Milk is white.")
    chat.button("Reply").click()
    expect(chat.page.get_by_role("group", name="Reply to")).to_have_text("Milk is white.")


def test_selected_text_is_sent_as_the_quote(chat: FakeServiceChat) -> None:
    opened(chat)
    quote(chat)
    expect(chat.composer).to_be_focused()
    expect(chat.button("Reply")).to_have_count(0)
    chat.page.keyboard.type("Always?")
    chat.page.keyboard.press("Enter")
    expect(chat.page.get_by_role("group", name="Reply to")).to_be_hidden()
    expect(chat.log.locator(".from-user blockquote")).to_have_text("Milk is white.")
    [sent] = chat.requested("threads.add_user_message")
    assert sent["input"]["quoted_text"] == "Milk is white."
    assert sent["input"]["content"] == [{"type": "input_text", "text": "Always?"}]


def test_quote_can_be_removed(chat: FakeServiceChat) -> None:
    opened(chat)
    quote(chat)
    chat.button("Remove the quote").click()
    expect(chat.composer).to_be_focused()
    chat.send("Always?")
    expect(chat.user_messages).to_have_text(["Hello", "Always?"])
    [sent] = chat.requested("threads.add_user_message")
    assert "quoted_text" not in sent["input"]


def test_refused_message_keeps_its_quote(chat: FakeServiceChat) -> None:
    opened(chat)
    refusal = {"status": 409, "body": {"message": "Not now."}}
    chat.answer_once("threads.add_user_message", refusal)
    quote(chat)
    chat.send("Always?")
    expect(chat.composer).to_have_value("Always?")
    expect(chat.page.get_by_role("group", name="Reply to")).to_have_text("Milk is white.")


def test_reply_is_offered_for_answers_only(chat: FakeServiceChat) -> None:
    opened(chat)
    select(chat, "Milk is white.")
    expect(chat.button("Reply")).to_be_visible()
    select(chat, "Hello")
    expect(chat.button("Reply")).to_have_count(0)


def test_escape_ends_the_offer(chat: FakeServiceChat) -> None:
    opened(chat)
    select(chat, "Milk is white.")
    expect(chat.button("Reply")).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(chat.button("Reply")).to_have_count(0)


def test_keyboard_selection_can_be_replied_to(chat: FakeServiceChat) -> None:
    opened(chat)
    chat.log.get_by_text("Tea is not.").evaluate(SELECT)
    chat.log.focus()
    chat.page.keyboard.press("Shift")
    chat.button("Reply").focus()
    chat.page.keyboard.press("Enter")
    expect(chat.page.get_by_role("group", name="Reply to")).to_have_text("Tea is not.")


def test_page_can_set_the_quote(chat: FakeServiceChat) -> None:
    opened(chat)
    chat.call("setComposerValue", {"text": "Why?", "reply": "Tea is not."})
    expect(chat.page.get_by_role("group", name="Reply to")).to_have_text("Tea is not.")
    chat.composer.press("Enter")
    expect(chat.user_messages).to_have_count(2)
    [sent] = chat.requested("threads.add_user_message")
    assert sent["input"]["quoted_text"] == "Tea is not."
