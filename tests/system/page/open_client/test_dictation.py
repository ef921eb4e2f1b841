"""Dictation in a browser whose microphone is a beeping tone."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.system.page.browser import running_browser
from tests.system.page.open_client.chat import (
    Chat,
    FakeServiceChat,
    added,
    assistant_message,
    delta,
)
from tests.waiting import until

FLAGS = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
ON = {"dictation": {"enabled": True}}
# A recorder whose parts have a size of the test's choice: one at the start and one at the end.
FAKE_RECORDER = """bytes => {
  window.MediaRecorder = class extends EventTarget {
    static isTypeSupported = () => true;
    state = 'recording';
    mimeType = 'audio/webm';
    start() { setTimeout(() => this.#send(bytes)); }
    stop() {
      this.state = 'inactive';
      this.#send(bytes);
      this.dispatchEvent(new Event('stop'));
    }
    #send(size) {
      const data = new Blob([new Uint8Array(size)]);
      this.dispatchEvent(Object.assign(new Event('dataavailable'), { data }));
    }
  };
}"""
WATCH_MICROPHONE = """() => {
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wanted) => (window.microphone = await open(wanted));
}"""
MICROPHONE = "window.microphone.getTracks().map((track) => track.readyState)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser(*FLAGS) as browser:
        yield browser


@pytest.fixture
def ready(chat: FakeServiceChat) -> FakeServiceChat:
    """Return a chat that offers dictation, whose service hears `Buy milk`."""
    chat.page.evaluate(WATCH_MICROPHONE)
    chat.page.evaluate(FAKE_RECORDER, 1_000)
    chat.answer_to("input.transcribe", {"text": "Buy milk"})
    chat.mount(composer=ON)
    expect(chat.button("Dictate")).to_be_visible()
    return chat


def record(chat: Chat) -> None:
    chat.button("Dictate").click()
    expect(chat.button("Finish dictation")).to_be_focused()


def dictate(chat: FakeServiceChat) -> None:
    record(chat)
    chat.button("Finish dictation").click()


def expect_ended(chat: FakeServiceChat) -> None:
    expect(chat.button("Dictate")).to_be_visible()
    assert set(chat.page.evaluate(MICROPHONE)) == {"ended"}


def test_dictated_text_goes_to_the_cursor_and_is_not_sent(ready: FakeServiceChat) -> None:
    ready.composer.fill("Please today")
    for _ in "today":
        ready.composer.press("ArrowLeft")
    dictate(ready)
    expect(ready.composer).to_have_value("Please Buy milk today")
    expect(ready.composer).to_be_focused()
    assert ready.composer.evaluate("box => box.selectionStart") == len("Please Buy milk ")
    expect_ended(ready)
    assert ready.requested("threads.create") == []
    expect(ready.button("Send")).to_be_enabled()


def test_service_gets_the_recording_in_a_format_that_it_takes(chat: FakeServiceChat) -> None:
    chat.answer_to("input.transcribe", {"text": "Buy milk"})
    chat.mount(composer=ON)
    record(chat)
    expect(chat.page.locator(".time")).not_to_have_text("0:00")
    chat.button("Finish dictation").click()
    expect(chat.composer).to_have_value("Buy milk")
    [params] = chat.requested("input.transcribe")
    assert params["mime_type"].startswith("audio/webm")
    data = base64.b64decode(params["audio_base64"], validate=True)
    assert data[:4] == b"\x1a\x45\xdf\xa3"
    assert b"webm" in data[:64]


@pytest.mark.parametrize("composer", [{}, {"dictation": {"enabled": False}}])
def test_dictation_is_offered_only_if_the_page_wants_it(
    chat: FakeServiceChat, composer: dict[str, Any]
) -> None:
    requests: list[str] = []
    chat.page.on("request", lambda request: requests.append(request.url))
    chat.mount(composer=composer)
    expect(chat.button("Send")).to_be_visible()
    expect(chat.button("Dictate")).to_have_count(0)
    assert not [url for url in requests if "/dictation/" in url]


def test_page_can_turn_dictation_off_again(ready: FakeServiceChat) -> None:
    ready.page.evaluate("host.chat.setOptions({ ...host.options, composer: {} })")
    expect(ready.button("Dictate")).to_have_count(0)
    ready.page.evaluate("host.chat.setOptions(host.options)")
    expect(ready.button("Dictate")).to_have_count(1)


def test_browser_without_a_recorder_offers_no_dictation(chat: FakeServiceChat) -> None:
    chat.page.evaluate("delete window.MediaRecorder")
    with chat.page.expect_response("**/dictation/recorder.js"):
        chat.mount(composer=ON)
    expect(chat.button("Dictate")).to_have_count(0)


@pytest.mark.parametrize("how", ["button", "key"])
def test_cancelled_recording_is_not_sent(ready: FakeServiceChat, how: str) -> None:
    ready.composer.fill("Draft")
    record(ready)
    if how == "button":
        ready.button("Cancel dictation").click()
    else:
        ready.page.keyboard.press("Escape")
    expect(ready.composer).to_be_focused()
    expect_ended(ready)
    expect(ready.composer).to_have_value("Draft")
    assert ready.requested("input.transcribe") == []


def test_escape_ends_the_recording_and_not_the_answer(ready: FakeServiceChat) -> None:
    ready.begin()
    ready.events(added(assistant_message("")), delta("Still here"))
    record(ready)
    ready.page.keyboard.press("Escape")
    expect_ended(ready)
    expect(ready.button("Stop")).to_be_visible()
    assert ready.page.evaluate("host.service.aborted") == 0


def test_text_that_arrives_after_cancelling_is_dropped(ready: FakeServiceChat) -> None:
    ready.page.evaluate(
        """() => {
          const later = new Promise((resolve) => (host.release = resolve));
          host.service.once['input.transcribe'] = { later };
        }"""
    )
    dictate(ready)
    ready.button("Cancel dictation").click()
    ready.page.evaluate("host.release({ text: 'Too late' })")
    dictate(ready)
    expect(ready.composer).to_have_value("Buy milk")


def test_refused_recording_gets_the_services_sentence(ready: FakeServiceChat) -> None:
    refusal = {"status": 400, "body": {"message": "No speech was heard in the recording."}}
    ready.answer_once("input.transcribe", refusal)
    ready.composer.fill("Draft")
    dictate(ready)
    expect(ready.alert).to_contain_text("No speech was heard in the recording.")
    expect(ready.button("Try again")).to_have_count(0)
    expect(ready.composer).to_be_focused()
    expect(ready.composer).to_have_value("Draft")
    dictate(ready)
    expect(ready.composer).to_have_value("Draft Buy milk")
    expect(ready.alert).to_have_count(0)


@pytest.mark.parametrize(
    "failure",
    [
        {"status": 503, "body": {"message": "The assistant is busy."}},
        {"status": 429, "body": {"message": "Too many requests."}},
        {"unreachable": True},
    ],
)
def test_recording_is_kept_until_it_is_transcribed(
    ready: FakeServiceChat, failure: dict[str, Any]
) -> None:
    ready.answer_once("input.transcribe", failure)
    dictate(ready)
    expect(ready.alert).to_contain_text("Your recording is kept.")
    expect(ready.button("Try again")).to_be_focused()
    ready.page.keyboard.press("Enter")
    expect(ready.composer).to_have_value("Buy milk")
    first, second = ready.requested("input.transcribe")
    assert first == second
    expect(ready.alert).to_have_count(0)


def test_empty_recording_is_not_sent(ready: FakeServiceChat) -> None:
    ready.page.evaluate(FAKE_RECORDER, 0)
    dictate(ready)
    expect(ready.alert).to_contain_text("The recording is empty.")
    assert ready.requested("input.transcribe") == []


def test_kept_recording_can_be_discarded(ready: FakeServiceChat) -> None:
    ready.answer_once("input.transcribe", {"status": 503, "body": {"message": "Busy."}})
    dictate(ready)
    ready.button("Discard").click()
    expect(ready.alert).to_have_count(0)
    expect(ready.composer).to_be_focused()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("NotAllowedError", "This page may not use the microphone."),
        ("NotFoundError", "No microphone was found."),
        ("NotReadableError", "The microphone cannot be used."),
    ],
)
def test_missing_microphone_is_explained(ready: FakeServiceChat, name: str, sentence: str) -> None:
    ready.page.evaluate(
        """name => {
          const refuse = () => Promise.reject(new DOMException('', name));
          navigator.mediaDevices.getUserMedia = refuse;
        }""",
        name,
    )
    ready.button("Dictate").click()
    expect(ready.alert).to_contain_text(sentence)
    expect(ready.button("Dictate")).to_be_visible()
    expect(ready.composer).to_be_focused()
    ready.button("Close").click()
    expect(ready.alert).to_have_count(0)


def test_keyboard_is_enough(ready: FakeServiceChat) -> None:
    ready.composer.focus()
    ready.page.keyboard.press("Tab")
    expect(ready.button("Dictate")).to_be_focused()
    ready.page.keyboard.press("Enter")
    expect(ready.button("Finish dictation")).to_be_focused()
    expect(ready.page.locator(".state")).to_have_text("Recording")
    ready.page.keyboard.press("Shift+Tab")
    expect(ready.button("Cancel dictation")).to_be_focused()
    ready.page.keyboard.press("Tab")
    ready.page.keyboard.press("Enter")
    expect(ready.composer).to_have_value("Buy milk")


def test_recording_ends_by_itself_at_the_size_that_the_service_takes(
    ready: FakeServiceChat,
) -> None:
    ready.page.evaluate(FAKE_RECORDER, 4_300_000)
    ready.button("Dictate").click()
    expect(ready.composer).to_have_value("Buy milk")


def test_chat_that_leaves_the_page_stops_listening(ready: FakeServiceChat) -> None:
    record(ready)
    ready.page.evaluate("host.chat.remove()")
    until(lambda: set(ready.page.evaluate(MICROPHONE)) == {"ended"})


def test_thread_that_takes_no_messages_takes_no_dictation(chat: FakeServiceChat) -> None:
    closed = {"id": "thr_1", "created_at": "2026-11-20T10:00:00Z", "status": {"type": "closed"}}
    chat.stored()
    chat.answer_to("threads.get_by_id", closed)
    with chat.page.expect_response("**/style/dictation.css"):
        chat.mount(composer=ON, initialThread="thr_1")
    expect(chat.composer).not_to_be_editable()
    expect(chat.button("Dictate")).to_have_count(0)


def test_nothing_is_created_that_the_chat_does_not_create_itself(
    ready: FakeServiceChat, chat_with: Callable[..., FakeServiceChat]
) -> None:
    ready.answer_once("input.transcribe", {"status": 503, "body": {"message": "<b>Busy</b>"}})
    dictate(ready)
    expect(ready.alert).to_contain_text("<b>Busy</b>")
    assert ready.page.evaluate("host.foreign()") == []


def test_running_service_hears_the_recording(sign_in: Callable[..., Chat]) -> None:
    chat = sign_in("dora", composer=ON)
    record(chat)
    expect(chat.page.locator(".time")).not_to_have_text("0:00")
    chat.button("Finish dictation").click()
    # Whatever a microphone recorded, the scripted model hears these words.
    expect(chat.composer).to_have_value("Add a task to buy milk")
    expect(chat.user_messages).to_have_count(0)
