"""Files in the composer: chosen, pasted or dropped, uploaded, removed and sent."""

import base64
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.system.page.open_client.chat import (
    THREAD_CREATED,
    FakeServiceChat,
    assistant_message,
    done,
    user_message,
)

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ACCEPT = {"image/*": [".png"], "text/plain": [".txt"], "text/markdown": [".md"]}
ACCEPTED = {"enabled": True, "accept": ACCEPT, "maxSize": 2048, "maxCount": 2}
NOTES = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"Buy milk"}
PICTURE = {"name": "cat.png", "mimeType": "image/png", "buffer": PNG}


class Files:
    """The composer's files, with a fake bucket behind the upload address."""

    def __init__(self, chat: FakeServiceChat) -> None:
        self.chat = chat
        self.puts: list[Route] = []
        self.chips = chat.page.get_by_role("list", name="Files").get_by_role("listitem")
        self.held = False
        self.status = 200
        chat.page.route("**/bucket/*", self._answer)

    def _answer(self, route: Route) -> None:
        self.puts.append(route)
        if not self.held:
            route.fulfill(status=self.status)

    def open(self, **attachments: Any) -> None:
        self.chat.mount(composer={"attachments": ACCEPTED | attachments})
        expect(self.chat.button("Attach files")).to_be_visible()
        self.accept("atc_1", "notes.txt")

    def accept(self, attachment_id: str, name: str, **fields: Any) -> None:
        """Let the service create attachments with this id."""
        address = self.chat.page.evaluate("location.origin") + f"/bucket/{attachment_id}"
        headers = {"content-type": "text/plain", "x-signed": "yes"}
        descriptor = {"url": address, "method": "PUT", "headers": headers}
        created = {"type": "file", "id": attachment_id, "name": name, "mime_type": "text/plain"}
        created |= {"upload_descriptor": descriptor} | fields
        self.chat.answer_to("attachments.create", created)

    def choose(self, *files: Any) -> None:
        with self.chat.page.expect_file_chooser() as chooser:
            self.chat.button("Attach files").click()
        chooser.value.set_files(list(files))

    def sent(self) -> Any:
        return self.chat.requested("threads.create")[-1]["input"]


@pytest.fixture
def files(chat: FakeServiceChat) -> Files:
    return Files(chat)


def test_file_is_uploaded_to_its_address_and_sent(chat: FakeServiceChat, files: Files) -> None:
    files.open()
    files.choose(NOTES)
    expect(files.chips).to_contain_text("notes.txt")
    expect(files.chips).to_contain_text("8 bytes")
    expect(chat.button("Send")).to_be_enabled()
    created = {"name": "notes.txt", "size": 8, "mime_type": "text/plain"}
    assert chat.requested("attachments.create") == [created]
    [put] = files.puts
    assert put.request.method == "PUT"
    assert put.request.headers["x-signed"] == "yes"
    assert put.request.headers["content-type"] == "text/plain"
    assert "authorization" not in put.request.headers
    assert put.request.post_data == "Buy milk"
    chat.send("What is in it?")
    expect(files.chips).to_have_count(0)
    assert files.sent() == {
        "content": [{"type": "input_text", "text": "What is in it?"}],
        "attachments": ["atc_1"],
        "inference_options": {},
    }
    expect(chat.log.get_by_role("list", name="Attachments")).to_have_text("notes.txt")


def test_file_can_be_sent_without_text(chat: FakeServiceChat, files: Files) -> None:
    files.open()
    files.choose(NOTES)
    expect(chat.button("Send")).to_be_enabled()
    chat.composer.press("Enter")
    expect(files.chips).to_have_count(0)
    assert files.sent()["content"] == []
    assert files.sent()["attachments"] == ["atc_1"]


def test_message_is_not_sent_before_its_file_is_uploaded(
    chat: FakeServiceChat, files: Files
) -> None:
    files.open()
    files.held = True
    files.choose(NOTES)
    expect(chat.page.get_by_role("progressbar", name="Uploading notes.txt")).to_be_visible()
    chat.send("Hello")
    expect(chat.alert.filter(has_text="Wait until")).to_be_visible()
    expect(chat.button("Send")).to_be_disabled()
    assert chat.requested("threads.create") == []
    files.puts[0].fulfill(status=200)
    expect(chat.page.get_by_role("progressbar")).to_be_hidden()
    expect(chat.alert.filter(has_text="Wait until")).to_have_count(0)
    chat.composer.press("Enter")
    expect(chat.user_messages).to_have_text("Hello")


def test_failed_upload_can_be_tried_again(chat: FakeServiceChat, files: Files) -> None:
    files.open()
    files.status = 403
    files.choose(NOTES)
    expect(files.chips.get_by_role("alert")).to_have_text("The upload was refused (403).")
    chat.composer.fill("Hello")
    expect(chat.button("Send")).to_be_disabled()
    files.status = 200
    chat.button("Try again").click()
    expect(chat.button("Send")).to_be_enabled()
    expect(chat.button("Try again")).to_be_hidden()
    # What the server has of the first try is deleted.
    assert chat.requested("attachments.delete") == [{"attachment_id": "atc_1"}]
    assert len(files.puts) == 2


def test_refused_file_shows_the_services_words(chat: FakeServiceChat, files: Files) -> None:
    files.open()
    refusal = {"status": 400, "body": {"message": "No files on Sundays."}}
    chat.answer_to("attachments.create", refusal)
    files.choose(NOTES)
    expect(files.chips.get_by_role("alert")).to_have_text("No files on Sundays.")
    assert files.puts == []


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (NOTES | {"name": "run.exe"}, "“run.exe” is not of an accepted type"),
        (NOTES | {"buffer": b""}, "“notes.txt” is empty."),
        (NOTES | {"buffer": b"x" * 2049}, "“notes.txt” is larger than 2 KB."),
    ],
)
def test_unfit_file_is_refused_before_its_upload(
    chat: FakeServiceChat, files: Files, file: Any, sentence: str
) -> None:
    files.open()
    files.choose(file)
    expect(chat.alert.filter(has_text=sentence)).to_be_visible()
    expect(files.chips).to_have_count(0)
    assert chat.requested("attachments.create") == []


def test_file_past_the_limit_of_a_message_is_refused(chat: FakeServiceChat, files: Files) -> None:
    files.open()
    files.choose(NOTES, NOTES, NOTES)
    expect(chat.alert.filter(has_text="A message can have 2 files at most.")).to_be_visible()
    expect(files.chips).to_have_count(2)


def test_type_that_the_browser_does_not_know_comes_from_the_extension(
    chat: FakeServiceChat, files: Files
) -> None:
    files.open()
    drop(chat, {"name": "plan.md", "type": "", "text": "# Plan"})
    expect(files.chips).to_contain_text("plan.md")
    assert chat.requested("attachments.create")[0]["mime_type"] == "text/markdown"


def test_removed_file_is_deleted_and_not_sent(chat: FakeServiceChat, files: Files) -> None:
    files.open()
    files.choose(NOTES)
    expect(chat.button("Send")).to_be_enabled()
    chat.button("Remove notes.txt").click()
    expect(files.chips).to_have_count(0)
    expect(chat.composer).to_be_focused()
    chat.send("Hello")
    expect(chat.user_messages).to_have_text("Hello")
    assert files.sent()["attachments"] == []
    assert chat.requested("attachments.delete") == [{"attachment_id": "atc_1"}]


def test_file_removed_during_its_upload_is_deleted(chat: FakeServiceChat, files: Files) -> None:
    files.open()
    files.held = True
    files.choose(NOTES)
    expect(chat.page.get_by_role("progressbar")).to_be_visible()
    chat.button("Remove notes.txt").click()
    expect(files.chips).to_have_count(0)
    chat.send("Hello")
    expect(chat.user_messages).to_have_text("Hello")
    assert chat.requested("attachments.delete") == [{"attachment_id": "atc_1"}]


def test_refused_message_returns_with_its_files(chat: FakeServiceChat, files: Files) -> None:
    files.open()
    files.choose(NOTES)
    expect(chat.button("Send")).to_be_enabled()
    chat.answer_once("threads.create", {"status": 409, "body": {"message": "Not now."}})
    chat.send("Hello")
    expect(chat.alert).to_contain_text(["Not now."])
    expect(chat.composer).to_have_value("Hello")
    expect(files.chips).to_contain_text("notes.txt")
    assert chat.requested("attachments.delete") == []
    chat.composer.press("Enter")
    expect(files.chips).to_have_count(0)
    assert files.sent()["attachments"] == ["atc_1"]


def test_pasted_and_dropped_files_are_attached(chat: FakeServiceChat, files: Files) -> None:
    files.open()
    paste(chat.composer, {"name": "notes.txt", "type": "text/plain", "text": "x"})
    expect(files.chips).to_have_count(1)
    drop(chat, {"name": "more.txt", "type": "text/plain", "text": "y"})
    expect(files.chips).to_have_count(2)
    expect(files.chips.last).to_contain_text("more.txt")


def test_image_has_a_thumbnail_and_then_its_preview(chat: FakeServiceChat, files: Files) -> None:
    preview = chat.page.evaluate("location.origin") + "/preview/cat.png"
    chat.page.route("**/preview/*", lambda route: route.fulfill(body=PNG, content_type="image/png"))
    files.open()
    image = {"type": "image", "mime_type": "image/png", "preview_url": preview}
    files.accept("atc_2", "cat.png", **image)
    files.choose(PICTURE)
    src = files.chips.locator("img").get_attribute("src")
    assert src is not None
    assert src.startswith("data:image/png")
    chat.send("Look")
    shown = chat.log.get_by_role("img", name="cat.png")
    expect(shown).to_be_visible()
    attachment = image | {"id": "atc_2", "name": "cat.png"}
    chat.events(THREAD_CREATED, done(user_message("Look") | {"attachments": [attachment]}))
    expect(shown).to_have_attribute("src", preview)
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
    assert chat.page.evaluate("host.foreign()") == []


@pytest.mark.parametrize("address", ["javascript:alert(1)", "/preview/gone.png"])
def test_image_without_a_usable_preview_is_shown_by_name(
    chat: FakeServiceChat, address: str
) -> None:
    origin = chat.page.evaluate("location.origin") if address.startswith("/") else ""
    image = {"type": "image", "id": "a", "name": "cat.png", "mime_type": "image/png"}
    message = user_message("Look") | {"attachments": [image | {"preview_url": origin + address}]}
    chat.stored(message, assistant_message("Nice"))
    chat.mount(initialThread="thr_1")
    expect(chat.log.get_by_role("list", name="Attachments")).to_have_text("cat.png")
    expect(chat.log.get_by_role("img")).to_have_count(0)


def test_page_can_put_files_into_the_composer(chat: FakeServiceChat, files: Files) -> None:
    files.open()
    attachment = {"type": "file", "id": "atc_9", "name": "own.txt", "mime_type": "text/plain"}
    chat.call("setComposerValue", {"text": "See", "attachments": [attachment]})
    expect(files.chips).to_contain_text("own.txt")
    chat.composer.press("Enter")
    expect(chat.user_messages).to_have_text("See")
    assert files.sent()["attachments"] == ["atc_9"]


def test_page_without_attachments_loads_nothing_for_them(chat: FakeServiceChat) -> None:
    requests: list[str] = []
    chat.page.on("request", lambda request: requests.append(request.url))
    chat.mount()
    chat.begin()
    chat.events(done(assistant_message("Hello!")))
    chat.end()
    assert [url for url in requests if "/rich" in url] == []
    expect(chat.button("Attach files")).to_have_count(0)


def paste(target: Locator, *files: dict[str, str]) -> None:
    target.evaluate(
        """(target, files) => target.dispatchEvent(new ClipboardEvent('paste', {
            clipboardData: host.transferOf(files), bubbles: true, cancelable: true,
        }))""",
        list(files),
    )


def drop(chat: FakeServiceChat, *files: dict[str, str]) -> None:
    chat.log.evaluate(
        """(target, files) => ['dragover', 'drop'].forEach((type) =>
            target.dispatchEvent(new DragEvent(type, {
                dataTransfer: host.transferOf(files), bubbles: true, cancelable: true,
            })))""",
        list(files),
    )


def test_file_of_a_message_that_failed_is_not_deleted_because_it_may_be_stored(
    chat: FakeServiceChat, files: Files
) -> None:
    files.open()
    files.choose(NOTES)
    chat.answer_once("threads.create", {"status": 503, "body": {"message": "Busy"}})
    chat.composer.fill("Look")
    expect(chat.button("Send")).to_be_enabled()
    chat.composer.press("Enter")
    expect(files.chips).to_have_count(1)
    files.chips.get_by_role("button", name="Remove").click()
    expect(files.chips).to_have_count(0)
    assert chat.requested("attachments.delete") == []
