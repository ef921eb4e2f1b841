"""The look: dark or light, in the page's colors, at any width."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.system.page.open_client.chat import (
    FakeServiceChat,
    assistant_message,
    choice,
    free_text,
    questions,
    user_message,
    workflow,
)
from tests.system.page.open_client.rich_items import rich_items

# Slow: only make test-all runs these.
pytestmark = pytest.mark.deep


@pytest.mark.parametrize("width", [320, 375, 900])
def test_nothing_is_wider_than_the_screen(
    chat_with: Callable[..., FakeServiceChat], width: int
) -> None:
    chat = chat_with(viewport={"width": width, "height": 568})
    words = "Donaudampfschifffahrtsgesellschaftskapitän" * 8
    text = (
        f"# {words}\n\n{words} `{words}`\n\n```\n{words}\n```\n\n- {words}\n\nhttps://x.org/{words}"
    )
    task = {"type": "custom", "title": words, "status_indicator": "complete"}
    chat.stored(
        user_message(words),
        workflow(task, expanded=True),
        {"widget": {"type": "Card", "children": [{"type": "Title", "value": words}]}}
        | {"type": "widget", "id": "w", "thread_id": "thr_1"},
        assistant_message(text),
        title=words,
    )
    listed = [{"id": "thr_1", "title": words, "created_at": "2026-11-20T10:00:00Z"}]
    chat.answer_to("threads.list", {"data": listed, "has_more": False})
    chat.mount(initialThread="thr_1", disclaimer={"text": words})
    expect(chat.answers).to_have_count(1)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert chat.page.evaluate(overflow) == 0
    assert chat.log.evaluate("el => el.scrollWidth - el.clientWidth") == 0
    chat.button("Chats").click()
    expect(chat.history.get_by_role("listitem")).to_have_count(1)
    assert chat.page.evaluate(overflow) == 0
    assert chat.history.locator(".scroll").evaluate("el => el.scrollWidth - el.clientWidth") == 0


def test_no_rich_item_is_wider_than_the_screen(
    chat_with: Callable[..., FakeServiceChat],
) -> None:
    chat = chat_with(viewport={"width": 320, "height": 568})
    words = "Donaudampfschifffahrtsgesellschaftskapitän" * 8
    chat.stored(*rich_items(words), status={"type": "closed", "reason": words})
    chat.mount(initialThread="thr_1")
    expect(chat.button("Save")).to_be_visible()
    expect(chat.page.get_by_role("img", name="Generated image")).to_be_visible()
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert chat.page.evaluate(overflow) == 0
    assert chat.log.evaluate("el => el.scrollWidth - el.clientWidth") == 0


# At 200 % zoom, a window of 640 pixels is 320 wide.
@pytest.mark.parametrize("zoom", [1, 2])
@pytest.mark.parametrize("status", ["pending", "answered"])
def test_no_question_is_wider_than_the_screen(
    chat_with: Callable[..., FakeServiceChat], zoom: int, status: str
) -> None:
    viewport = {"width": 320, "height": 568}
    chat = chat_with(viewport=viewport, device_scale_factor=zoom)
    words = "Donaudampfschifffahrtsgesellschaftskapitän" * 8
    answer = {"values": [words], "skipped": False}
    asked = choice(f"{words}\n{words}: {words}", words, words, answer=answer)
    free = free_text(words, description=words, answer=answer)
    chat.stored(questions(asked, asked | {"multiple": True}, free, status=status))
    chat.mount(initialThread="thr_1")
    expect(chat.log).to_contain_text(words)
    assert chat.log.evaluate("el => el.scrollWidth - el.clientWidth") == 0
    assert (
        chat.page.locator(".details").first.evaluate("el => el.scrollWidth - el.clientWidth") == 0
    )


@pytest.mark.parametrize(
    ("theme", "page", "dark"),
    [
        ("dark", "light", True),
        ("light", "dark", False),
        (None, "dark", True),
        (None, "light", False),
    ],
)
def test_color_scheme_comes_from_the_options_or_the_page(
    chat_with: Callable[..., FakeServiceChat], theme: str | None, page: str, dark: bool
) -> None:
    chat = chat_with(color_scheme=page)
    chat.mount(**({"theme": theme} if theme else {}))
    color = chat.page.locator(".chat").evaluate("el => getComputedStyle(el).backgroundColor")
    assert (sum(int(part) for part in color[4:-1].split(",")) < 3 * 128) == dark


def test_theme_sets_colors_and_fonts(chat: FakeServiceChat) -> None:
    theme = {
        "colorScheme": "light",
        "color": {"accent": {"primary": "#b00020", "level": 1}},
        "typography": {"baseSize": 18},
        "radius": "sharp",
        "density": "compact",
    }
    chat.mount(theme=theme)
    chat.composer.fill("x")
    send = chat.button("Send").evaluate("el => getComputedStyle(el).backgroundColor")
    assert send == "rgb(176, 0, 32)"
    assert chat.log.evaluate("el => getComputedStyle(el).fontSize") == "18px"


def test_reduced_motion_disables_animations(chat_with: Callable[..., FakeServiceChat]) -> None:
    chat = chat_with(reduced_motion="reduce")
    chat.mount()
    chat.begin()
    dot = chat.page.locator(".progress .dots i").first
    assert dot.evaluate("el => getComputedStyle(el).animationName") == "none"
