"""The page of the stack, with a recorder instead of OpenAI's element."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Route

SCRIPT = "https://cdn.platform.openai.com/deployments/chatkit/chatkit.js"
RECORDER = Path(__file__).with_name("recorder.js")
ELEMENT = "document.querySelector('openai-chatkit')"


class ChatPage:
    """The page, with the steps that tests take on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.notices = page.locator(".chat-notices")
        self.element = page.locator("openai-chatkit")
        page.route(SCRIPT, lambda route: route.fulfill(path=RECORDER))

    def open(self, user: str, path: str = "/") -> None:
        """Open the page and sign in. The chat may still be loading."""
        self.page.goto(path)
        self.sign_in(user)

    def sign_in(self, user: str) -> None:
        self.page.get_by_label("Your name").fill(user)
        self.page.keyboard.press("Enter")

    def chat(self, user: str) -> None:
        """Open the page, sign in and wait for the chat."""
        self.open(user)
        self.element.wait_for()

    def stop_clock(self) -> None:
        """Stop the page's clock, so that only the test advances it."""
        self.page.clock.install()
        self.page.clock.pause_at(self.page.evaluate("Date.now()") / 1000 + 1)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def notice(self, text: str) -> Locator:
        return self.notices.locator("> div").filter(has_text=text)

    def evaluate(self, expression: str) -> Any:
        """Evaluate an expression in which `it` is the element."""
        return self.page.evaluate(f"async () => {{ const it = {ELEMENT}; return {expression}; }}")

    def send_message(self, text: str = "What is on my list?") -> Any:
        return self.page.evaluate(f"(text) => {ELEMENT}.sendMessage(text)", text)

    def options(self) -> Any:
        """Return the last options of the element."""
        return self.evaluate("JSON.parse(JSON.stringify(it.optionCalls.at(-1)))")

    def calls(self) -> list[Any]:
        calls: list[Any] = self.evaluate("it.calls")
        return calls

    def answers(self, path: str, *statuses: int, **more: Any) -> list[Route]:
        """Answer the first requests of a path with these statuses; let later ones through."""
        left = list(statuses)
        seen: list[Route] = []

        def answer(route: Route) -> None:
            seen.append(route)
            if left:
                route.fulfill(status=left.pop(0), **more)
            else:
                route.continue_()

        self.page.route(f"**{path}", answer)
        return seen


def hold(_route: Route) -> None:
    """Leave a request unanswered."""
