"""The page of the stack, with a recorder where OpenAI's element would stand."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Route

SCRIPT = "https://cdn.platform.openai.com/deployments/chatkit/chatkit.js"
RECORDER = Path(__file__).with_name("recorder.js")
ELEMENT = "document.querySelector('openai-chatkit')"


class ChatPage:
    """What a test does with the page, and what it sees of it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.notices = page.locator(".chat-notices")
        self.element = page.locator("openai-chatkit")
        page.route(SCRIPT, lambda route: route.fulfill(path=RECORDER))

    def open(self, user: str, path: str = "/") -> None:
        """The page, signed in; the chat may still be on its way."""
        self.page.goto(path)
        self.sign_in(user)

    def sign_in(self, user: str) -> None:
        self.page.get_by_label("Your name").fill(user)
        self.page.keyboard.press("Enter")

    def chat(self, user: str) -> None:
        """The page, signed in, with its chat."""
        self.open(user)
        self.element.wait_for()

    def stop_clock(self) -> None:
        """Let no time pass in the page from now on but what a test runs."""
        self.page.clock.install()
        self.page.clock.pause_at(self.page.evaluate("Date.now()") / 1000 + 1)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def notice(self, text: str) -> Locator:
        return self.notices.locator("> div").filter(has_text=text)

    def tell(self, expression: str) -> Any:
        """What an expression of the element gives, `it` being the element."""
        return self.page.evaluate(f"async () => {{ const it = {ELEMENT}; return {expression}; }}")

    def say(self, text: str = "What is on my list?") -> Any:
        return self.page.evaluate(f"(text) => {ELEMENT}.say(text)", text)

    def options(self) -> Any:
        """The options that the element got last."""
        return self.tell("JSON.parse(JSON.stringify(it.told.at(-1)))")

    def calls(self) -> list[Any]:
        calls: list[Any] = self.tell("it.calls")
        return calls

    def answers(self, path: str, *statuses: int, **more: Any) -> list[Route]:
        """Answers the first requests of a path with these; what follows goes to the service."""
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
    """A request that nobody answers."""
