"""The stack and the browser that the page's tests share."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.system.e2e.service import Stack
from tests.system.page.browser import PATIENCE_MS, running_browser
from tests.system.page.chat_page import ChatPage

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def stack(plain_stack: Stack) -> Stack:
    return plain_stack


# Not session-scoped: Playwright occupies the thread's event loop, which other tests need.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture
def context(browser: Browser, stack: Stack) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=stack.address)
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def user() -> str:
    """Return a name that no other test uses."""
    return f"user-{uuid4().hex[:8]}"


@pytest.fixture
def chat(page: Page) -> ChatPage:
    return ChatPage(page)
