"""Files, images and mentions in the page of `make run`, with the real bucket and tools."""

import base64

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.system.page.open_client_page import OpenClientPage
from tests.waiting import until

# A picture of one pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PICTURE: FilePayload = {"name": "cat.png", "mimeType": "image/png", "buffer": PNG}
LIE: FilePayload = {
    "name": "page.png",
    "mimeType": "image/png",
    "buffer": b"<script>alert(1)</script>",
}


class FilesPage(OpenClientPage):
    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.chips = page.get_by_role("list", name="Files").get_by_role("listitem")
        self.picture = page.get_by_role("img", name="cat.png")

    def attach(self, *files: FilePayload) -> None:
        with self.page.expect_file_chooser() as chooser:
            self.button("Attach files").click()
        chooser.value.set_files(files)

    def is_drawn(self, picture: Locator) -> bool:
        drawn: bool = picture.evaluate("it => it.complete && it.naturalWidth > 0")
        return drawn


@pytest.fixture
def files(page: Page) -> FilesPage:
    return FilesPage(page)


def test_file_is_uploaded_sent_and_shown_after_a_reload(files: FilesPage, user: str) -> None:
    files.chat(user)
    files.attach(PICTURE)
    expect(files.chips).to_have_count(1)
    files.composer.fill("What is this?")
    expect(files.button("Send")).to_be_enabled()
    files.composer.press("Enter")
    expect(files.button("Answer again")).to_be_visible()
    expect(files.chips).to_have_count(0)
    until(lambda: files.is_drawn(files.picture))
    files.page.reload()
    expect(files.picture).to_be_visible()
    until(lambda: files.is_drawn(files.picture))


def test_file_that_is_not_what_it_says_is_refused_and_can_be_removed(
    files: FilesPage, user: str
) -> None:
    files.chat(user)
    files.attach(LIE)
    expect(files.chips).to_have_count(1)
    files.composer.fill("What is this?")
    expect(files.button("Send")).to_be_enabled()
    files.composer.press("Enter")
    expect(files.page.get_by_text("is not what its type says").first).to_be_visible()
    expect(files.composer).to_have_value("What is this?")
    files.chips.get_by_role("button", name="Remove").click()
    expect(files.chips).to_have_count(0)
    files.ask("Hello")


def test_image_of_the_model_is_drawn_and_drawn_again_after_a_reload(
    files: FilesPage, user: str
) -> None:
    files.chat(user)
    files.ask("Draw a cat")
    image = files.element.locator(".image img")
    until(lambda: files.is_drawn(image))
    files.page.reload()
    expect(image).to_be_visible()
    until(lambda: files.is_drawn(image))


def test_own_task_is_mentioned(files: FilesPage, user: str) -> None:
    files.chat(user)
    files.ask("Add a task to buy milk")
    files.composer.press_sequentially("What about @mil")
    files.page.get_by_role("option", name="buy milk").click()
    expect(files.composer).to_have_value("What about @buy milk ")
    with files.page.expect_request("**/chatkit") as sent:
        files.composer.press("Enter")
    body = sent.value.post_data_json
    assert body is not None
    parts = body["params"]["input"]["content"]
    assert [part["type"] for part in parts][:2] == ["input_text", "input_tag"]
    assert parts[1]["id"].startswith("task_")
    expect(files.page.get_by_text("@buy milk")).to_be_visible()
