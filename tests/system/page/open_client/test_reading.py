"""The scroll position, and the announcements for screen readers."""

from typing import Any

from playwright.sync_api import expect

from tests.system.page.browser import wait_in
from tests.system.page.open_client.chat import (
    FakeServiceChat,
    added,
    assistant_message,
    delta,
    done,
    item,
    user_message,
)

LONG = "\n\n".join(f"Paragraph {number} of a long answer." for number in range(60))
GAP = "el => el.scrollHeight - el.scrollTop - el.clientHeight"


def from_end(chat: FakeServiceChat) -> int:
    gap: int = chat.log.evaluate(GAP)
    return gap


def wait_for_end(chat: FakeServiceChat) -> None:
    handle = chat.log.element_handle()
    wait_in(chat.page, f"el => ({GAP})(el) <= 1", arg=handle)


def test_reader_at_the_end_stays_at_the_end(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(added(assistant_message("")))
    for paragraph in range(3):
        chat.events(delta(LONG + "\n\n"))
        expect(chat.answers.get_by_text("Paragraph 59")).to_have_count(paragraph + 1)
        wait_for_end(chat)
    expect(chat.button("Go to the latest message")).to_be_hidden()


def test_reader_further_up_is_not_scrolled(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(added(assistant_message("")), delta(LONG))
    wait_for_end(chat)
    chat.log.evaluate("el => (el.scrollTop = 200)")
    latest = chat.button("Go to the latest message")
    expect(latest).to_be_visible()
    chat.events(delta("\n\nAnd one more."))
    expect(chat.answers).to_contain_text("And one more.")
    assert chat.log.evaluate("el => el.scrollTop") == 200
    latest.click()
    wait_for_end(chat)
    expect(latest).to_be_hidden()


def test_sending_scrolls_to_the_end(chat: FakeServiceChat) -> None:
    chat.stored(user_message("Hello", "u"), assistant_message(LONG))
    chat.mount(initialThread="thr_1")
    expect(chat.answers).to_contain_text("Paragraph 59")
    chat.log.evaluate("el => (el.scrollTop = 0)")
    expect(chat.button("Go to the latest message")).to_be_visible()
    chat.send("And now?")
    wait_for_end(chat)


def test_opened_thread_is_scrolled_to_its_end(chat: FakeServiceChat) -> None:
    chat.stored(user_message("Hello"), assistant_message(LONG))
    chat.mount(initialThread="thr_1")
    expect(chat.answers).to_contain_text("Paragraph 59")
    chat.log.evaluate("el => (el.scrollTop = 100)")
    expect(chat.button("Go to the latest message")).to_be_visible()
    chat.stored(user_message("Other"), assistant_message(LONG * 2))
    chat.call("setThreadId", "thr_2")
    expect(chat.user_messages).to_have_text("Other")
    wait_for_end(chat)


def test_earlier_messages_load_without_scrolling(chat: FakeServiceChat) -> None:
    page: dict[str, Any] = {"has_more": True, "after": "msg_2"}
    chat.stored()
    late = [assistant_message(LONG, "msg_3"), user_message("Later", "msg_2")]
    chat.answer_to("items.list", page | {"data": late})
    chat.mount(initialThread="thr_1")
    expect(chat.user_messages).to_have_text(["Later"])
    early = [assistant_message("Early answer", "msg_1"), user_message("Early", "msg_0")]
    chat.answer_to("items.list", {"has_more": False, "data": early})
    chat.log.evaluate("el => (el.scrollTop = 0)")
    place = chat.user_messages.last.bounding_box()
    chat.button("Show earlier messages").click()
    expect(chat.user_messages).to_have_text(["Early", "Later"])
    expect(chat.button("Show earlier messages")).to_have_count(0)
    after = chat.user_messages.last.bounding_box()
    assert place
    assert after
    # The content moves by no more than the height of the removed button.
    assert abs(after["y"] - place["y"]) < 80
    assert [each.get("after") for each in chat.requested("items.list")] == [None, "msg_2"]


def test_failed_load_of_earlier_messages_shows_an_error(chat: FakeServiceChat) -> None:
    chat.stored()
    newest = {"has_more": True, "after": "u", "data": [user_message("Hello", "u")]}
    chat.answer_to("items.list", newest)
    chat.mount(initialThread="thr_1")
    expect(chat.user_messages).to_have_count(1)
    chat.answer_to("items.list", {"status": 500, "body": {"message": "Not now."}})
    chat.button("Show earlier messages").click()
    expect(chat.alert).to_have_text("Not now.")


SHORTER_AND_BACK = """async () => {
  const { ScrollKeeper } = await import('/open-chatkit/view/scroll.js');
  const frame = () => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  const [box, content] = [document.createElement('div'), document.createElement('div')];
  box.style = 'height: 200px; overflow-y: auto';
  box.append(content);
  document.body.append(box);
  let atEnd = true;
  const keeper = new ScrollKeeper(box, content, (now) => (atEnd = now));
  const grow = (height) => keeper.keepEnd(() => (content.style.height = `${height}px`));
  grow(1000);
  keeper.scrollToEnd();
  await frame();
  grow(900);
  // Force a layout, as any measurement does.
  box.getBoundingClientRect();
  grow(1000);
  await frame();
  await frame();
  return [atEnd, box.scrollHeight - box.scrollTop - box.clientHeight];
}"""


def test_shrinking_and_growing_content_keeps_the_reader_at_the_end(chat: FakeServiceChat) -> None:
    chat.mount()
    assert chat.page.evaluate(SHORTER_AND_BACK) == [True, 0]


def test_complete_answer_is_announced_once(chat: FakeServiceChat) -> None:
    chat.mount()
    spoken = chat.page.locator(".visually-hidden[role=status]")
    expect(chat.log).to_have_attribute("aria-live", "off")
    chat.begin()
    chat.events(added(assistant_message("")), delta("Two "))
    expect(chat.answers).to_have_text("Two")
    expect(spoken).to_have_text("")
    chat.events(delta("words"), done(assistant_message("Two words")))
    chat.end()
    expect(spoken).to_have_text("Two words")


def test_unchanged_blocks_are_not_rendered_again(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(added(assistant_message("")), delta("First\n\nSec"))
    first = chat.answers.locator("p").first.element_handle()
    chat.events(delta("ond\n\nThird"))
    expect(chat.answers.locator("p")).to_have_text(["First", "Second", "Third"])
    assert first.evaluate("el => el.isConnected")


def test_items_after_the_text_do_not_hide_the_answer(chat: FakeServiceChat) -> None:
    chat.mount(threadItemActions={"retry": True})
    chat.begin()
    chat.events(
        done(assistant_message("Two words")),
        done(item("widget", "wid_1", widget={"type": "Card", "children": []})),
        done(item("end_of_turn", "end_1")),
    )
    # The end event arrives before the stream closes.
    expect(chat.page.get_by_role("article", name="Card")).to_be_visible()
    expect(chat.page.locator(".progress")).to_have_count(0)
    chat.end()
    expect(chat.page.locator(".visually-hidden[role=status]")).to_have_text("Two words")
    expect(chat.button("Answer again")).to_be_visible()
