"""The element's interface for the page, compatible with the vendor's element."""

import pytest
from playwright.sync_api import Error, expect

from tests.system.page.browser import wait_in
from tests.system.page.open_client.chat import (
    FakeServiceChat,
    added,
    assistant_message,
    delta,
    done,
    user_message,
)


def test_ready_is_dispatched_once_the_element_is_visible(chat: FakeServiceChat) -> None:
    chat.mount()
    assert chat.dispatched("chatkit.ready") == [None]
    expect(chat.composer).to_be_visible()


def test_events_are_dispatched_in_order(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(done(assistant_message("Hello")))
    chat.end()
    names = [name for name, _ in chat.page.evaluate("host.events") if name != "chatkit.log"]
    assert names == [
        "chatkit.ready",
        "chatkit.response.start",
        "chatkit.thread.change",
        "chatkit.response.end",
    ]
    assert chat.dispatched("chatkit.thread.change") == [{"threadId": "thr_1"}]
    assert chat.dispatched("chatkit.log") == [
        {"name": "request", "data": {"operation": "threads.create", "status": 200}}
    ]


def test_initial_thread_is_opened(chat: FakeServiceChat) -> None:
    chat.stored(user_message("Hello"), assistant_message("Hello!"), title="Groceries")
    chat.mount(initialThread="thr_1")
    expect(chat.answers).to_have_text("Hello!")
    expect(chat.page.get_by_role("heading", name="Groceries")).to_be_visible()
    assert chat.dispatched("chatkit.thread.load.start") == [{"threadId": "thr_1"}]
    assert chat.dispatched("chatkit.thread.load.end") == [{"threadId": "thr_1"}]


def test_new_options_change_the_look_and_keep_the_thread(chat: FakeServiceChat) -> None:
    chat.mount(theme="light")
    chat.begin()
    chat.composer.fill("a draft")
    chat.page.evaluate("host.chat.setOptions({...host.options, theme: 'dark', header: {}})")
    expect(chat.user_messages).to_have_text("Hello")
    expect(chat.composer).to_have_value("a draft")
    expect(chat.page.locator(".chat")).to_have_attribute("data-scheme", "dark")
    chat.events(done(assistant_message("Still here")))
    expect(chat.answers).to_have_text("Still here")


def test_hosted_backend_options_are_refused(chat: FakeServiceChat) -> None:
    with pytest.raises(Error, match="your own backend"):
        chat.page.evaluate(
            "document.createElement('open-chatkit').setOptions({api: {getClientSecret() {}}})"
        )


def test_message_from_the_page_is_sent_with_its_options(chat: FakeServiceChat) -> None:
    chat.mount()
    params = {"text": "Hello", "reply": "Earlier words", "model": "m", "toolChoice": {"id": "t"}}
    chat.call_soon("sendUserMessage", params)
    expect(chat.user_messages).to_have_text("Hello")
    assert chat.requested("threads.create")[0]["input"] == {
        "content": [{"type": "input_text", "text": "Hello"}],
        "attachments": [],
        "quoted_text": "Earlier words",
        "inference_options": {"model": "m", "tool_choice": {"id": "t"}},
    }


def test_message_from_the_page_can_start_a_new_thread(chat: FakeServiceChat) -> None:
    chat.stored(user_message("Old"), assistant_message("Old"))
    chat.mount(initialThread="thr_1")
    expect(chat.answers).to_have_text("Old")
    tag = {"type": "input_tag", "id": "u1", "text": "@Ada"}
    chat.call_soon("sendUserMessage", {"content": [tag], "newThread": True})
    expect(chat.user_messages).to_have_text("@Ada")
    assert chat.requested("threads.create")[0]["input"]["content"] == [tag | {"data": {}}]


def test_refused_message_from_the_page_raises_an_error(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.answer_to("threads.create", {"status": 403, "body": {"message": "Not you."}})
    with pytest.raises(Error, match="Not you"):
        chat.call("sendUserMessage", {"text": "Hello"})


def test_page_can_fill_and_focus_the_composer(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.call("setComposerValue", {"text": "Add a task to "})
    chat.call("focusComposer")
    expect(chat.composer).to_have_value("Add a task to ")
    expect(chat.composer).to_be_focused()
    expect(chat.button("Send")).to_be_enabled()


def test_page_can_open_and_close_the_history(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.call("showHistory")
    expect(chat.history).to_be_visible()
    chat.call("hideHistory")
    expect(chat.history).to_be_hidden()
    names = [name for name, _ in chat.page.evaluate("host.events") if "history" in name]
    assert names == ["chatkit.history.open", "chatkit.history.close"]


def test_updates_are_fetched_on_demand(chat: FakeServiceChat) -> None:
    chat.stored(user_message("Hello"))
    chat.mount(initialThread="thr_1")
    expect(chat.user_messages).to_have_text("Hello")
    chat.stored(user_message("Hello"), assistant_message("Here by now"))
    chat.call("fetchUpdates")
    expect(chat.answers).to_have_text("Here by now")


def test_only_the_last_requested_thread_is_shown(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.stored(user_message("Hello"))
    chat.page.evaluate("Promise.all([host.chat.setThreadId('thr_1'), host.chat.setThreadId(null)])")
    expect(chat.user_messages).to_have_count(0)
    expect(chat.log).to_contain_text("What can I help with today?")
    changes = [each["threadId"] for each in chat.dispatched("chatkit.thread.change")]
    assert changes == ["thr_1", None]


def test_removing_the_element_does_not_stop_the_answer(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(added(assistant_message("")), delta("So far"))
    expect(chat.answers).to_have_text("So far")
    chat.page.evaluate("host.chat.remove()")
    wait_in(chat.page, "host.service.left === 1")
    assert chat.page.evaluate("host.service.aborted") == 0
    assert chat.dispatched("chatkit.response.end") == [None]


def test_reinserted_element_shows_the_current_thread(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.page.evaluate("host.chat.remove()")
    chat.stored(user_message("Hello"), assistant_message("The whole answer"))
    chat.page.evaluate("document.querySelector('main').append(host.chat)")
    expect(chat.answers).to_have_text("The whole answer")


def test_header_shows_the_pages_own_buttons(chat: FakeServiceChat) -> None:
    chat.page.evaluate(
        """host.mount({header: {
            leftAction: {icon: 'settings-cog', onClick: () => host.called.push('left')},
            rightAction: {icon: 'close', onClick: () => host.called.push('right')}}})"""
    )
    chat.button("settings cog").click()
    chat.button("close").click()
    assert chat.page.evaluate("host.called") == ["left", "right"]


def test_header_and_history_can_be_disabled(chat: FakeServiceChat) -> None:
    chat.mount(history={"enabled": False})
    expect(chat.button("New chat")).to_be_visible()
    expect(chat.button("Chats")).to_have_count(0)
    chat.page.evaluate("host.chat.setOptions({...host.options, header: {enabled: false}})")
    expect(chat.button("New chat")).to_be_hidden()


def test_renaming_and_deleting_can_be_disabled(chat: FakeServiceChat) -> None:
    thread = {"id": "thr_1", "title": "Groceries", "created_at": "2026-11-20T10:00:00Z"}
    chat.answer_to("threads.list", {"data": [thread], "has_more": False})
    chat.mount(history={"enabled": True, "showDelete": False, "showRename": False})
    chat.call("showHistory")
    expect(chat.history.get_by_role("listitem").get_by_role("button")).to_have_count(1)


def test_it_works_without_its_stylesheets(chat: FakeServiceChat) -> None:
    chat.page.route("**/*.css", lambda route: route.abort())
    chat.mount()
    expect(chat.composer).to_be_visible()
