"""The page of the stack with our own element."""

from playwright.sync_api import Locator, Page, expect

from tests.system.page.chat_page import ChatPage


class OpenClientPage(ChatPage):
    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.element = page.locator("open-chatkit")
        self.composer = page.get_by_role("textbox", name="Message")
        self.alert = page.get_by_role("alert")

    def open(self, user: str, path: str = "/?client=open") -> None:
        super().open(user, path)

    def chat(self, user: str) -> None:
        super().chat(user)
        expect(self.composer).to_be_visible()

    def send(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")

    def ask(self, text: str) -> None:
        """Send a message and wait for the end of the answer."""
        self.send(text)
        expect(self.button("Answer again")).to_be_visible()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def count_notices(self) -> None:
        """Start counting the nodes added to the live region."""
        self.notices.evaluate(
            """region => {
                window.announcements = 0;
                const count = (records) => {
                    for (const { addedNodes } of records) window.announcements += addedNodes.length;
                };
                new MutationObserver(count).observe(region, { childList: true });
            }"""
        )

    def announcements(self) -> int:
        """Return the number of announcements in the live region."""
        count: int = self.page.evaluate("window.announcements")
        return count
