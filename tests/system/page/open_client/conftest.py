"""A chat in the tests' own page, with the running stack or a fake service behind it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.system.e2e.service import Stack
from tests.system.page.browser import PATIENCE_MS, wait_in
from tests.system.page.open_client.chat import Chat, FakeServiceChat
from tests.system.page.open_client.site import HERE, HOST_FILES, running_site, serve

type Pure = Callable[..., Any]


@pytest.fixture(scope="session")
def pure() -> Iterator[Pure]:
    """Return a function that calls a pure function of the client by its name in pure.mjs."""
    command = [Path(sys.executable).with_name("node"), HERE / "pure.mjs"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as node:
        assert node.stdin
        assert node.stdout
        read, write = node.stdout, node.stdin

        def call(name: str, *given: object) -> Any:
            write.write(json.dumps([name, given]) + "\n")
            write.flush()
            return json.loads(read.readline())

        yield call
        write.close()


@pytest.fixture(scope="session")
def stack(gated_stack: Stack) -> Stack:
    """Return the running stack, whose model's words the tests release."""
    return gated_stack


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    with running_site() as site:
        yield site


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page at an address in a new context with these options."""
    opened: list[BrowserContext] = []

    def new_page(address: str, **options: Any) -> Page:
        context = browser.new_context(base_url=address, **options)
        opened.append(context)
        context.set_default_timeout(PATIENCE_MS)
        return context.new_page()

    yield new_page
    for context in opened:
        context.close()


@pytest.fixture
def chat_with(new_page: Callable[..., Page], site: str) -> Callable[..., FakeServiceChat]:
    """Return a function that opens a chat like `chat`, in a new context with these options."""

    def chat_with(**options: Any) -> FakeServiceChat:
        return FakeServiceChat(opened(new_page(site, **options)))

    return chat_with


@pytest.fixture(scope="module")
def shared_page(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def chat(shared_page: Page) -> Iterator[FakeServiceChat]:
    """Return a chat with a fake service, not mounted yet, in a freshly loaded page."""
    yield FakeServiceChat(opened(shared_page))
    shared_page.unroute_all()


@pytest.fixture
def sign_in(new_page: Callable[..., Page], stack: Stack) -> Callable[..., Chat]:
    """Return a function that opens a user's chat with the running stack and these options."""

    def sign_in(user: str, **options: object) -> Chat:
        page = new_page(stack.address)
        for file in HOST_FILES:
            page.context.route(f"{stack.address}/{file.name}", serve)
        opened(page).evaluate("([user, options]) => host.signIn(user, options)", [user, options])
        return Chat(page)

    return sign_in


def opened(page: Page) -> Page:
    page.goto("/host.html")
    wait_in(page, "window.host")
    return page
