"""Images that the assistant generates."""

import base64
import struct
import zlib
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.system.page.open_client.chat import (
    Event,
    FakeServiceChat,
    added,
    done,
    item,
    updated,
    user_message,
)

UPDATED = "generated_image.updated"


def png() -> bytes:
    """Return a picture of one gray pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0\x80")
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


PNG = png()


def image(url: str | None, image_id: str = "img_1") -> Event:
    return item("generated_image", "i_1", image=url and {"id": image_id, "url": url})


def progress(url: str, share: float | None) -> Event:
    return updated(UPDATED, "i_1", image={"id": "img_1", "url": url}, progress=share)


@pytest.fixture
def pictures(chat: FakeServiceChat, site: str) -> Iterator[Callable[[str], str]]:
    """Return a function that returns the address of a picture, which is served from then on."""
    served: list[str] = []

    def answer(route: Route) -> None:
        served.append(route.request.url)
        route.fulfill(body=PNG, content_type="image/png")

    def address(name: str) -> str:
        chat.page.route(f"{site}/pictures/{name}", answer)
        return f"{site}/pictures/{name}"

    yield address
    assert len(set(served)) == len(served), "an image that is shown was loaded again"


def shown(chat: FakeServiceChat) -> Locator:
    return chat.page.get_by_role("article", name="Image").get_by_role("img")


def expect_loaded(picture: Locator) -> None:
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 1)


def test_image_is_announced_by_its_progress_and_then_shown(
    chat: FakeServiceChat, pictures: Callable[[str], str]
) -> None:
    chat.mount()
    chat.begin()
    chat.events(added(image(None)))
    article = chat.page.get_by_role("article", name="Image")
    expect(article).to_have_text("Generating an image…")
    expect(chat.page.locator(".progress")).to_have_count(0)
    chat.events(progress(pictures("partial.png"), 0.4))
    expect(article).to_have_text("Generating an image… 40 %")
    expect_loaded(shown(chat))
    chat.events(progress(pictures("partial.png"), 0.6))
    expect(article).to_have_text("Generating an image… 60 %")
    whole = pictures("whole.png")
    chat.events(done(image(whole)))
    expect(article).to_have_text("")
    expect(shown(chat)).to_have_attribute("src", whole)
    expect_loaded(shown(chat))
    assert shown(chat).get_attribute("alt") == "Generated image"


def test_image_opens_large_in_a_new_tab(
    chat: FakeServiceChat, pictures: Callable[[str], str]
) -> None:
    whole = pictures("whole.png")
    chat.stored(user_message("Draw"), image(whole))
    chat.mount(initialThread="thr_1")
    link = chat.page.get_by_role("link", name="Open the image")
    expect(link).to_have_attribute("href", whole)
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect_loaded(shown(chat))


def test_shown_image_stays_when_the_thread_is_loaded_again_and_its_link_is_renewed(
    chat: FakeServiceChat, pictures: Callable[[str], str]
) -> None:
    first, renewed = pictures("whole.png?signed=1"), pictures("whole.png?signed=2")
    chat.stored(user_message("Draw"), image(first))
    chat.mount(initialThread="thr_1")
    expect_loaded(shown(chat))
    chat.stored(user_message("Draw"), image(renewed))
    chat.call("fetchUpdates")
    link = chat.page.get_by_role("link", name="Open the image")
    expect(link).to_have_attribute("href", renewed)
    expect(shown(chat)).to_have_attribute("src", first)


def test_image_that_does_not_load_can_be_loaded_from_its_new_address(
    chat: FakeServiceChat, site: str, pictures: Callable[[str], str]
) -> None:
    chat.stored(user_message("Draw"), image(f"{site}/pictures/expired.png"))
    chat.mount(initialThread="thr_1")
    article = chat.page.get_by_role("article", name="Image")
    expect(article).to_contain_text("The image could not be loaded.")
    chat.stored(user_message("Draw"), image(pictures("renewed.png")))
    article.get_by_role("button", name="Reload").click()
    expect_loaded(shown(chat))
    expect(article).to_have_text("")


def test_replaced_image_is_another_image(
    chat: FakeServiceChat, pictures: Callable[[str], str]
) -> None:
    chat.mount()
    chat.begin()
    chat.events(done(image(pictures("one.png"))))
    expect_loaded(shown(chat))
    other = pictures("two.png")
    chat.events({"type": "thread.item.replaced", "item": image(other, "img_2")})
    expect(shown(chat)).to_have_attribute("src", other)
    expect_loaded(shown(chat))


def test_stopped_image_says_so(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(added(image(None)))
    expect(chat.page.get_by_role("article", name="Image")).to_contain_text("Generating")
    chat.button("Stop").click()
    article = chat.page.get_by_role("article", name="Image")
    expect(article).to_have_text("The image was not finished.")


def test_embedded_image_is_shown_without_a_link(chat: FakeServiceChat) -> None:
    embedded = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    chat.stored(user_message("Draw"), image(embedded))
    chat.mount(initialThread="thr_1")
    expect_loaded(shown(chat))
    expect(chat.page.get_by_role("link", name="Open the image")).to_have_count(0)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:text/html;base64,PHA+",
        "http://images.example/one.png",
        "https://user:secret@images.example/one.png",
        "//images.example/one.png",
        "",
    ],
)
def test_image_from_an_unsafe_address_is_not_loaded(chat: FakeServiceChat, address: str) -> None:
    chat.stored(user_message("Draw"), image(address) | {"image": {"id": "x", "url": address}})
    chat.mount(initialThread="thr_1")
    article = chat.page.get_by_role("article", name="Image")
    expect(article).to_have_text("This image cannot be shown.")
    expect(article.locator("img, a")).to_have_count(0)
