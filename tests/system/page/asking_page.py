"""The page of the stack with our own element, while an answer waits for the person."""

from playwright.sync_api import Locator, Page, expect

from tests.system.page.open_client_page import OpenClientPage


class AskingPage(OpenClientPage):
    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.form = page.locator("open-chatkit .question-form")
        self.reply = page.locator("open-chatkit .reply")
        self.answer = page.locator("open-chatkit .from-assistant")

    def ask_form(self, message: str) -> None:
        """Send a message that the assistant answers with a form."""
        self.send(message)
        expect(self.form).to_be_focused()

    def ask_to_delete(self, task: str) -> None:
        """Add a task, and ask to delete it, which needs approval."""
        self.ask(f"Add {task}")
        self.ask_form(f"Delete {task}")

    def option(self, name: str) -> Locator:
        return self.form.get_by_label(name, exact=True)

    def press_keys(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def submit(self) -> None:
        self.form.get_by_role("button", name="Send").press("Enter")
