"""What goes wrong is said, and what was written is not lost."""

import pytest
from playwright.sync_api import expect

from tests.page.open_client.chat import (
    THREAD_CREATED,
    PlayedChat,
    added,
    assistant_message,
    delta,
    done,
    user_message,
)


def test_an_error_that_may_be_retried_offers_it(chat: PlayedChat) -> None:
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
    asked = chat.asked("threads.retry_after_item")
    assert asked == [{"thread_id": "thr_1", "item_id": "msg_user"}]
    expect(chat.composer).to_be_focused()


def test_an_error_that_may_not_be_retried_does_not_offer_it(chat: PlayedChat) -> None:
    chat.mount()
    chat.begin()
    chat.events({"type": "error", "message": "That is all for today.", "allow_retry": False})
    chat.end()
    expect(chat.alert).to_contain_text("That is all for today.")
    expect(chat.alert.get_by_role("button")).to_have_count(0)
    [told] = chat.told("chatkit.error")
    assert told["error"]["message"] == "That is all for today."


def test_another_message_clears_the_error(chat: PlayedChat) -> None:
    chat.mount()
    chat.begin()
    chat.events({"type": "error", "message": "Busy."})
    chat.end()
    chat.send("Still there?")
    expect(chat.alert).to_have_count(0)


def test_an_answer_that_breaks_off_keeps_its_text(chat: PlayedChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(added(assistant_message("")), delta("The first half"))
    chat.break_off()
    expect(chat.answers).to_have_text("The first half")
    expect(chat.alert).to_contain_text("The connection was lost")


def test_an_answer_that_broke_off_may_be_there_by_now(chat: PlayedChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(added(assistant_message("")), delta("The first half"))
    chat.break_off()
    chat.stored(user_message("Hello"), assistant_message("The first half and the second."))
    chat.button("Look for the answer").click()
    expect(chat.answers).to_have_text("The first half and the second.")
    expect(chat.alert).to_have_count(0)


@pytest.mark.parametrize("events", [[], [added(assistant_message("")), delta("The first")]])
def test_a_stream_that_ends_before_the_answer_is_told_of(
    chat: PlayedChat, events: list[dict[str, object]]
) -> None:
    chat.mount()
    chat.begin()
    if events:
        chat.events(*events)
    chat.end()
    expect(chat.alert).to_contain_text("The answer broke off.")


def test_a_message_that_the_service_refuses_is_still_in_the_box(chat: PlayedChat) -> None:
    chat.mount()
    body = {"message": "Too many messages. Please wait 7 seconds.", "code": "too_many"}
    refused = {"status": 429, "headers": {"retry-after": "7"}, "body": body}
    chat.answer_to("threads.create", refused)
    chat.send("Hello there")
    expect(chat.alert).to_have_text("Too many messages. Please wait 7 seconds.")
    expect(chat.composer).to_have_value("Hello there")
    expect(chat.said).to_have_count(0)
    chat.expect_idle()


def test_what_was_written_meanwhile_stays_behind_what_comes_back(chat: PlayedChat) -> None:
    chat.mount()
    chat.send("Hello")
    chat.composer.fill("And more")
    chat.break_off()
    expect(chat.composer).to_have_value("Hello\nAnd more")


def test_a_service_that_cannot_be_reached_is_told_of(chat: PlayedChat) -> None:
    chat.mount()
    chat.answer_to("threads.create", {"unreachable": True})
    chat.send("Hello")
    expect(chat.alert).to_contain_text("The service cannot be reached.")
    expect(chat.composer).to_have_value("Hello")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": 500, "body": "<h1>oops</h1>"}, "The service has a problem."),
        (
            {"status": 429, "headers": {"retry-after": "7"}, "body": ""},
            "That was too fast. Please wait 7 seconds.",
        ),
        ({"status": 401, "body": ""}, "You are not signed in any more."),
        ({"status": 418, "body": "{}"}, "The service refused this request (418)."),
        ({"status": 200, "body": "<h1>Welcome to the hotel's Wi-Fi</h1>"}, "cannot be read."),
    ],
)
def test_an_answer_of_another_kind_is_told_in_words(
    chat: PlayedChat, answer: dict[str, object], said: str
) -> None:
    chat.mount()
    chat.answer_to("threads.create", answer)
    chat.send("Hello")
    expect(chat.alert).to_contain_text(said)


def test_a_refused_retry_gives_the_old_answer_back(chat: PlayedChat) -> None:
    chat.mount(threadItemActions={"retry": True})
    chat.begin()
    chat.events(done(assistant_message("The old answer")))
    chat.end()
    chat.answer_to("threads.retry_after_item", {"status": 409, "body": {"message": "Not now."}})
    chat.button("Answer again").click()
    expect(chat.alert).to_contain_text("Not now.")
    expect(chat.answers).to_have_text("The old answer")


def test_data_that_is_no_event_is_read_over(chat: PlayedChat) -> None:
    chat.mount()
    chat.begin()
    chat.text('data: {"half\n\ndata: 7\n\ndata: {"type":"thread.item.done"}\n\n: hm\n\n')
    chat.events({"type": "thread.sparkled"}, done(assistant_message("All well.")))
    chat.end()
    expect(chat.answers).to_have_text("All well.")
    expect(chat.alert).to_have_count(0)


def test_a_thread_without_its_message_is_gone_on_with(chat: PlayedChat) -> None:
    chat.mount()
    chat.send("Hello")
    chat.events(THREAD_CREATED)
    chat.break_off()
    expect(chat.composer).to_have_value("Hello")
    chat.composer.press("Enter")
    expect(chat.said).to_have_text("Hello")
    assert [each["thread_id"] for each in chat.asked("threads.add_user_message")] == ["thr_1"]
