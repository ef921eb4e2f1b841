"""Answers that wait for the page or for answers to questions, in the page of `make run`."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.system.page.asking_page import AskingPage
from tests.system.page.chat_page import ChatPage

ASK = 'Use ask_user with {"questions": [{"question": "Which one?", "options": ["milk", "bread"]}]}'
NOT_OPEN = "This question is no longer open."


@pytest.fixture
def asking(page: Page) -> AskingPage:
    return AskingPage(page)


@pytest.fixture
def second_tab(context: BrowserContext) -> Iterator[AskingPage]:
    """Return the page in another tab, signed in as the same user."""
    page = context.new_page()
    yield AskingPage(page)
    page.close()


def test_assistant_learns_the_time_from_the_page(asking: AskingPage, user: str) -> None:
    asking.chat(user)
    asking.send("What time is it?")
    zone = asking.page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    expect(asking.answer).to_contain_text(f", {zone}.")
    expect(asking.element).to_contain_text("Used local time")


def test_openais_element_gets_the_tools_of_the_page(chat: ChatPage, user: str) -> None:
    chat.chat(user)
    call = "it.optionCalls.at(-1).onClientTool"
    told = chat.evaluate(f"await {call}({{name: 'local_time', params: {{}}}})")
    assert sorted(told) == ["date", "time", "time_zone"]
    refused = chat.evaluate(f"await {call}({{name: 'toString', params: {{}}}}).catch(String)")
    assert refused == "Error: This page has no tool named toString."


def test_questions_are_asked_and_answered_by_keyboard(asking: AskingPage, user: str) -> None:
    asking.chat(user)
    asking.send("Help me plan my week")
    expect(asking.form).to_be_focused()
    asking.page.keyboard.press("Tab")
    asking.page.keyboard.type("Water the plants")
    asking.press_keys("Tab", "ArrowDown", "Tab", "Tab", "Space", "Tab", "Tab", "Space")
    asking.press_keys("Tab", "Tab", "Tab", "Enter")
    expect(asking.answer).to_contain_text("Water the plants")
    expect(asking.answer).to_contain_text("keep this in mind: Few tasks a day and Exercise.")
    expect(asking.composer).to_be_focused()
    wanted = ["Water the plants", "Wednesday", "Few tasks a day, Exercise"]
    expect(asking.reply).to_have_text([f"Answer: {each}" for each in wanted])


def test_question_survives_a_reload(asking: AskingPage, user: str) -> None:
    asking.chat(user)
    asking.ask_form(ASK)
    asking.page.reload()
    asking.option("bread").check()
    asking.submit()
    expect(asking.answer).to_contain_text("bread")
    asking.page.reload()
    expect(asking.reply).to_have_text("Answer: bread")
    expect(asking.form).to_have_count(0)


def test_message_instead_of_an_answer_skips_the_question(asking: AskingPage, user: str) -> None:
    asking.chat(user)
    asking.ask_form(ASK)
    asking.send("Hello")
    expect(asking.reply).to_have_text("Answer: Skipped")
    expect(asking.answer).to_contain_text("Hello!")


@pytest.mark.deep
def test_second_tab_sees_the_question_and_its_end(
    asking: AskingPage, second_tab: AskingPage, user: str
) -> None:
    asking.chat(user)
    asking.ask_form(ASK)
    second_tab.page.goto("/?client=open")
    second_tab.option("milk").check()
    asking.option("bread").check()
    asking.submit()
    expect(asking.button("Answer again")).to_be_visible()
    second_tab.submit()
    expect(second_tab.notice(NOT_OPEN)).to_be_visible()
    expect(second_tab.alert).to_have_count(0)
    expect(second_tab.option("milk")).to_be_checked()
    second_tab.press("Reload the chat")
    expect(second_tab.reply).to_have_text("Answer: bread")


@pytest.mark.parametrize(
    ("status", "notice"),
    [
        (404, "This conversation no longer exists."),
        (409, "Not now."),
        (503, "The chat service has a problem."),
        (None, "The chat service cannot be reached."),
    ],
)
@pytest.mark.deep
def test_refused_answer_is_said_once_and_kept(
    asking: AskingPage, user: str, status: int | None, notice: str
) -> None:
    asking.chat(user)
    asking.ask_form(ASK)

    def refuse(route: Route) -> None:
        if status:
            route.fulfill(status=status, json={"message": "Not now."})
        else:
            route.abort("connectionrefused")

    asking.page.route("**/chatkit", refuse)
    asking.count_notices()
    asking.option("milk").check()
    asking.submit()
    expect(asking.notice(notice)).to_be_visible()
    expect(asking.alert).to_have_count(0)
    assert asking.announcements() == 1
    expect(asking.option("milk")).to_be_checked()
    asking.page.unroute("**/chatkit")
    asking.submit()
    expect(asking.answer).to_contain_text("milk")


@pytest.mark.deep
def test_reload_while_a_tool_runs_lets_the_person_continue(asking: AskingPage, user: str) -> None:
    asking.chat(user)
    results: list[Route] = []

    def hold_results(route: Route) -> None:
        if "threads.add_client_tool_output" in (route.request.post_data or ""):
            results.append(route)
        else:
            route.continue_()

    asking.page.route("**/chatkit", hold_results)
    with asking.page.expect_request(lambda each: "tool_output" in (each.post_data or "")):
        asking.send("What time is it?")
    asking.page.reload()
    expect(asking.alert).to_contain_text("The answer waits for “local time”, a tool of this page.")
    assert len(results) == 1
    asking.page.unroute("**/chatkit")
    asking.press("Continue")
    expect(asking.answer).to_contain_text("It is ")
    expect(asking.alert).to_have_count(0)
