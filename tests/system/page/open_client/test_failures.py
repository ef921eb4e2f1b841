"""Failures are shown, and no message is lost."""

import pytest
from playwright.sync_api import expect

from tests.system.page.open_client.chat import (
    THREAD_CREATED,
    FakeServiceChat,
    added,
    assistant_message,
    delta,
    done,
    user_message,
)


def test_retryable_error_offers_a_retry(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events({"type": "error", "message": "Busy. Try again.", "allow_retry": True})
    chat.end()
    expect(chat.alert).to_contain_text("Busy. Try again.")
    chat.button("Try again").click()
    expect(chat.alert).to_have_count(0)
    chat.events(done(assistant_message("Here I am.")))
    chat.end()
    expect(chat.answers).to_have_text("Here I am.")
    asked = chat.requested("threads.retry_after_item")
    assert asked == [{"thread_id": "thr_1", "item_id": "msg_user"}]
    expect(chat.composer).to_be_focused()


def test_non_retryable_error_offers_no_retry(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events({"type": "error", "message": "That is all for today.", "allow_retry": False})
    chat.end()
    expect(chat.alert).to_contain_text("That is all for today.")
    expect(chat.alert.get_by_role("button")).to_have_count(0)
    [event] = chat.dispatched("chatkit.error")
    assert event["error"]["message"] == "That is all for today."


def test_next_message_clears_the_error(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events({"type": "error", "message": "Busy."})
    chat.end()
    chat.send("Still there?")
    expect(chat.alert).to_have_count(0)


def test_interrupted_answer_keeps_its_text(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(added(assistant_message("")), delta("The first half"))
    chat.break_off()
    expect(chat.answers).to_have_text("The first half")
    expect(chat.alert).to_contain_text("The connection was lost")


def test_interrupted_answer_can_be_loaded_later(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(added(assistant_message("")), delta("The first half"))
    chat.break_off()
    chat.stored(user_message("Hello"), assistant_message("The first half and the second."))
    chat.button("Check for the answer").click()
    expect(chat.answers).to_have_text("The first half and the second.")
    expect(chat.alert).to_have_count(0)


@pytest.mark.parametrize("events", [[], [added(assistant_message("")), delta("The first")]])
def test_stream_that_closes_early_shows_an_error(
    chat: FakeServiceChat, events: list[dict[str, object]]
) -> None:
    chat.mount()
    chat.begin()
    if events:
        chat.events(*events)
    chat.end()
    expect(chat.alert).to_contain_text("The answer ended early.")


def test_refused_message_stays_in_the_composer(chat: FakeServiceChat) -> None:
    chat.mount()
    body = {"message": "Too many messages. Please wait 7 seconds.", "code": "too_many"}
    refused = {"status": 429, "headers": {"retry-after": "7"}, "body": body}
    chat.answer_to("threads.create", refused)
    chat.send("Hello there")
    expect(chat.alert).to_have_text("Too many messages. Please wait 7 seconds.")
    expect(chat.composer).to_have_value("Hello there")
    expect(chat.user_messages).to_have_count(0)
    chat.expect_idle()


def test_returned_message_is_put_before_newer_text(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.send("Hello")
    chat.composer.fill("And more")
    chat.break_off()
    expect(chat.composer).to_have_value("Hello\nAnd more")


def test_unreachable_service_shows_an_error(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.answer_to("threads.create", {"unreachable": True})
    chat.send("Hello")
    expect(chat.alert).to_contain_text("The service cannot be reached.")
    expect(chat.composer).to_have_value("Hello")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"status": 500, "body": "<h1>oops</h1>"}, "The service has a problem."),
        (
            {"status": 429, "headers": {"retry-after": "7"}, "body": ""},
            "Too many requests. Please wait 7 seconds.",
        ),
        ({"status": 401, "body": ""}, "You are no longer signed in."),
        ({"status": 418, "body": "{}"}, "The service refused this request (418)."),
        ({"status": 200, "body": "<h1>Welcome to the hotel's Wi-Fi</h1>"}, "could not be read."),
    ],
)
def test_unexpected_response_shows_a_message(
    chat: FakeServiceChat, answer: dict[str, object], message: str
) -> None:
    chat.mount()
    chat.answer_to("threads.create", answer)
    chat.send("Hello")
    expect(chat.alert).to_contain_text(message)


def test_refused_retry_restores_the_old_answer(chat: FakeServiceChat) -> None:
    chat.mount(threadItemActions={"retry": True})
    chat.begin()
    chat.events(done(assistant_message("The old answer")))
    chat.end()
    chat.answer_to("threads.retry_after_item", {"status": 409, "body": {"message": "Not now."}})
    chat.button("Answer again").click()
    expect(chat.alert).to_contain_text("Not now.")
    expect(chat.answers).to_have_text("The old answer")


def test_data_that_is_not_an_event_is_ignored(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.text('data: {"half\n\ndata: 7\n\ndata: {"type":"thread.item.done"}\n\n: hm\n\n')
    chat.events({"type": "thread.sparkled"}, done(assistant_message("All well.")))
    chat.end()
    expect(chat.answers).to_have_text("All well.")
    expect(chat.alert).to_have_count(0)


def test_thread_without_its_message_can_be_continued(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.send("Hello")
    chat.events(THREAD_CREATED)
    chat.break_off()
    expect(chat.composer).to_have_value("Hello")
    chat.composer.press("Enter")
    expect(chat.user_messages).to_have_text("Hello")
    assert [each["thread_id"] for each in chat.requested("threads.add_user_message")] == ["thr_1"]
