"""The chat in a page of another origin than the service's, as on a team's own site."""

import functools
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.service import Stack
from tests.page.chat_page import ChatPage

WEB = Path(__file__).parents[2] / "web"
type OpenSite = Callable[[str, str], ChatPage]


class Files(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """A site that the service has not been told of."""
    handler = functools.partial(Files, directory=str(WEB))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


@pytest.fixture
def open_site(browser: Browser, stack: Stack, user: str) -> Iterator[OpenSite]:
    """Opens a site whose page has a login of its own, with a chat of a service."""
    # The stack's own page may only speak with its own origin.
    context = browser.new_context(bypass_csp=True)
    token = stack.http.post("/local/token", json={"user": user}).json()["token"]

    def open_site(site: str, api: str) -> ChatPage:
        chat = ChatPage(context.new_page())
        script = f"""import {{ mountChat }} from './chat.js';
            mountChat(document.querySelector('#chat'), {{
              apiUrl: '{api}',
              getIdentityToken: async () => '{token}',
            }});"""
        chat.page.route(
            "**/page.js",
            lambda route: route.fulfill(body=script, content_type="text/javascript"),
        )
        chat.page.goto(site)
        return chat

    yield open_site
    context.close()


def test_an_allowed_site_chats(open_site: OpenSite, stack: Stack) -> None:
    chat = open_site(stack.address.replace("127.0.0.1", "localhost"), stack.address)
    chat.element.wait_for()
    answer = chat.say()
    assert answer["status"] == 200
    assert answer["turn"].startswith("turn_")


def test_a_site_that_the_service_does_not_allow_is_told_what_to_change(
    open_site: OpenSite, stack: Stack, elsewhere: str
) -> None:
    chat = open_site(elsewhere, stack.address)
    expect(chat.notice("to AllowedOrigins")).to_be_visible()


def test_a_service_that_is_not_there_is_not_taken_for_one_that_does_not_allow(
    open_site: OpenSite, elsewhere: str, free_port: int
) -> None:
    chat = open_site(elsewhere, f"http://127.0.0.1:{free_port}")
    expect(chat.notice("The chat service cannot be reached")).to_be_visible()


@pytest.fixture
def free_port() -> int:
    with ThreadingHTTPServer(("127.0.0.1", 0), Files) as server:
        return server.server_port
