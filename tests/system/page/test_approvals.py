"""A tool that may destroy something runs only after a person has approved the call."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.system.e2e.service import Stack
from tests.system.page.asking_page import AskingPage
from tests.system.page.asking_picture import PICTURE, draw

FOR_THE_CHAT = "Yes, and allow this tool with any arguments in this chat"
MOST_BYTES = 120_000


@pytest.fixture
def asking(page: Page, user: str) -> AskingPage:
    asking = AskingPage(page)
    asking.chat(user)
    return asking


def test_call_is_approved_by_keyboard(asking: AskingPage) -> None:
    asking.ask_to_delete("buy milk")
    expect(asking.page.get_by_role("radio", checked=True)).to_have_count(0)
    asking.press_keys("Tab", "Space", "Enter")
    expect(asking.reply).to_have_text("Answer: Yes, do it")
    expect(asking.composer).to_be_focused()
    expect(asking.button("Answer again")).to_be_visible()
    asking.ask("What is on my list?")
    expect(asking.answer.last).to_have_text("Your list is empty.")


@pytest.mark.deep
def test_declined_call_does_not_run(asking: AskingPage) -> None:
    asking.ask_to_delete("buy milk")
    asking.option("No").check()
    asking.submit()
    expect(asking.reply).to_have_text("Answer: No")
    expect(asking.button("Answer again")).to_be_visible()
    asking.ask("What is on my list?")
    expect(asking.answer.last).to_contain_text("buy milk")


@pytest.mark.deep
def test_tool_approved_for_the_chat_is_not_asked_about_again(asking: AskingPage) -> None:
    asking.ask_to_delete("buy milk")
    asking.option(FOR_THE_CHAT).check()
    asking.submit()
    expect(asking.reply).to_have_text(f"Answer: {FOR_THE_CHAT}")
    expect(asking.button("Answer again")).to_be_visible()
    asking.ask("Add buy bread")
    asking.ask("Delete buy bread")
    expect(asking.reply).to_have_count(1)
    asking.ask("What is on my list?")
    expect(asking.answer.last).to_have_text("Your list is empty.")


@pytest.mark.deep
def test_picture_in_the_documentation_can_be_drawn(
    browser: Browser, stack: Stack, tmp_path: Path
) -> None:
    file = tmp_path / PICTURE.name
    draw(browser, stack, file)
    assert 0 < file.stat().st_size < MOST_BYTES
    assert 0 < PICTURE.stat().st_size < MOST_BYTES
