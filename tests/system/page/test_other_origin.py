"""The chat in a page whose origin is not the service's, as on a team's own site."""

import functools
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from local_stack.subprocesses import free_port
from tests.system.e2e.service import Stack
from tests.system.page.chat_page import ChatPage

WEB = Path(__file__).parents[3] / "web"
type OpenSite = Callable[[str, str], ChatPage]


class Files(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def disallowed_site() -> Iterator[str]:
    """Serve a site that the service does not allow, and return its address."""
    handler = functools.partial(Files, directory=str(WEB))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


@pytest.fixture
def open_site(browser: Browser, stack: Stack, user: str) -> Iterator[OpenSite]:
    """Return a function that opens a site with its own login and a chat of a service."""
    # The stack's own page may only connect to its own origin.
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


def test_allowed_site_can_chat(open_site: OpenSite, stack: Stack) -> None:
    chat = open_site(stack.address.replace("127.0.0.1", "localhost"), stack.address)
    chat.element.wait_for()
    answer = chat.send_message()
    assert answer["status"] == 200
    assert answer["turn"].startswith("turn_")


def test_disallowed_site_sees_what_to_change(
    open_site: OpenSite, stack: Stack, disallowed_site: str
) -> None:
    chat = open_site(disallowed_site, stack.address)
    expect(chat.notice("to AllowedOrigins")).to_be_visible()


def test_unreachable_service_is_not_shown_as_a_cors_failure(
    open_site: OpenSite, disallowed_site: str
) -> None:
    chat = open_site(disallowed_site, f"http://127.0.0.1:{free_port()}")
    expect(chat.notice("The chat service cannot be reached")).to_be_visible()


PROBLEM = "The chat service has a problem"


def test_throttled_chat_shows_a_notice_and_recovers(open_site: OpenSite, stack: Stack) -> None:
    chat = open_site(stack.address.replace("127.0.0.1", "localhost"), stack.address)
    chat.element.wait_for()
    with stack.throttled("ChatkitFunction"):
        assert chat.send_message()["status"] == 503
        expect(chat.notice(PROBLEM)).to_be_visible()
    assert chat.send_message()["status"] == 200
    expect(chat.notices).to_be_empty()


def test_throttled_preflight_is_not_shown_as_a_cors_failure(
    page_without_routes: Page, stack: Stack
) -> None:
    notices = page_without_routes.locator(".chat-notices > div")
    with stack.throttled("SessionFunction"):
        mount(page_without_routes, stack)
        expect(notices.filter(has_text=PROBLEM)).to_be_visible()
    page_without_routes.get_by_role("button", name="Try again").click()
    expect(page_without_routes.locator("open-chatkit")).to_have_count(1)
    expect(notices).to_have_count(0)


@pytest.fixture
def page_without_routes(browser: Browser) -> Iterator[Page]:
    """Return a page without routes, because Playwright answers preflights of routed pages."""
    context = browser.new_context(bypass_csp=True)
    yield context.new_page()
    context.close()


def mount(page: Page, stack: Stack) -> None:
    """Open a chat of the stack in a page of another allowed origin."""
    page.goto(stack.address.replace("127.0.0.1", "localhost") + "/chat.css")
    token = stack.http.post("/local/token", json={"user": "ulla"}).json()["token"]
    script = f"""import {{ mountChat }} from '/chat.js';
        mountChat(document.querySelector('#chat'), {{
          apiUrl: '{stack.address}', client: 'open', getIdentityToken: async () => '{token}',
        }});"""
    module = '<script type="module" src="page.js">'
    markup = stack.http.get("/").text
    assert module in markup
    page.set_content(markup.replace(module, f'<script type="module">{script}'))
