"""The choice of a model and a tool in the composer."""

from typing import Any

from playwright.sync_api import Locator, Route, expect

from tests.system.page.open_client.chat import FakeServiceChat, assistant_message, done
from tests.waiting import until

MODELS = [
    {"id": "fast", "label": "Fast"},
    {"id": "smart", "label": "Smart", "description": "Thinks longer", "default": True},
    {"id": "soon", "label": "Coming soon", "disabled": True},
]
TOOLS = [
    {
        "id": "search",
        "label": "Search",
        "icon": "search",
        "placeholderOverride": "Search for what?",
    },
    {"id": "draw", "label": "Draw", "icon": "images", "pinned": True, "persistent": True},
]


def opened(chat: FakeServiceChat, **composer: Any) -> None:
    chat.mount(composer={"models": MODELS, "tools": TOOLS, "placeholder": "Write"} | composer)
    expect(model(chat)).to_be_visible()


def model(chat: FakeServiceChat) -> Locator:
    return chat.page.get_by_role("combobox", name="Model")


def tool(chat: FakeServiceChat) -> Locator:
    return chat.page.get_by_role("combobox", name="Tool")


def turn(chat: FakeServiceChat, text: str) -> Any:
    """Send a message, let it be answered, and return its options."""
    chat.begin(text)
    chat.events(done(assistant_message("Yes")))
    chat.end()
    sent = chat.requested("threads.create") + chat.requested("threads.add_user_message")
    return sent[-1]["input"]["inference_options"]


def test_default_model_is_sent_until_another_is_chosen(chat: FakeServiceChat) -> None:
    opened(chat)
    expect(model(chat)).to_have_value("smart")
    assert turn(chat, "one") == {"model": "smart"}
    model(chat).select_option(label="Fast")
    assert turn(chat, "two") == {"model": "fast"}
    chat.call("setThreadId", None)
    assert turn(chat, "three") == {"model": "fast"}
    assert model(chat).get_by_role("option", name="Coming soon").is_disabled()


def test_tool_is_chosen_for_one_message(chat: FakeServiceChat) -> None:
    opened(chat)
    tool(chat).select_option(label="Search")
    expect(chat.composer).to_have_attribute("placeholder", "Search for what?")
    assert turn(chat, "one") == {"model": "smart", "tool_choice": {"id": "search"}}
    expect(tool(chat)).to_have_value("")
    expect(chat.composer).to_have_attribute("placeholder", "Write")
    assert turn(chat, "two") == {"model": "smart"}
    changes = [{"toolId": "search"}, {"toolId": None}]
    assert chat.dispatched("chatkit.tool.change") == changes


def test_pinned_persistent_tool_stays_until_it_is_released(chat: FakeServiceChat) -> None:
    chat.mount(composer={"tools": TOOLS})
    draw = chat.button("Draw")
    expect(draw).to_have_attribute("aria-pressed", "false")
    draw.click()
    expect(draw).to_have_attribute("aria-pressed", "true")
    assert turn(chat, "one") == {"tool_choice": {"id": "draw"}}
    assert turn(chat, "two") == {"tool_choice": {"id": "draw"}}
    draw.click()
    assert turn(chat, "three") == {}


def test_refused_message_keeps_its_tool(chat: FakeServiceChat) -> None:
    opened(chat)
    chat.answer_once("threads.create", {"status": 409, "body": {"message": "Not now."}})
    tool(chat).select_option(label="Search")
    chat.send("one")
    expect(chat.composer).to_have_value("one")
    expect(tool(chat)).to_have_value("search")


def test_page_can_choose(chat: FakeServiceChat) -> None:
    opened(chat)
    chat.call("setComposerValue", {"selectedToolId": "search", "selectedModelId": "fast"})
    expect(tool(chat)).to_have_value("search")
    expect(model(chat)).to_have_value("fast")
    chat.call("setComposerValue", {"selectedToolId": None, "selectedModelId": "unknown"})
    expect(tool(chat)).to_have_value("")
    expect(model(chat)).to_have_value("fast")


def test_choice_survives_new_options(chat: FakeServiceChat) -> None:
    opened(chat)
    model(chat).select_option(label="Fast")
    chat.page.evaluate(
        """() => host.chat.setOptions({
            ...host.options, composer: { ...host.options.composer, tools: [] },
        })"""
    )
    expect(tool(chat)).to_have_count(0)
    expect(model(chat)).to_have_value("fast")


def test_text_typed_while_the_rest_of_the_composer_loads_is_sent_whole(
    chat: FakeServiceChat,
) -> None:
    held: list[Route] = []
    chat.page.route("**/rich-composer.css", lambda route: held.append(route))
    with chat.page.expect_request("**/rich-composer.css"):
        chat.mount(composer={"models": MODELS})
    chat.composer.fill("What is on my li")
    chat.composer.press_sequentially("st?")
    held[0].continue_()
    expect(chat.page.get_by_label("Model")).to_be_visible()
    chat.composer.press("Enter")
    until(lambda: chat.requested("threads.create"))
    sent = chat.requested("threads.create")[-1]["input"]["content"]
    assert sent == [{"type": "input_text", "text": "What is on my list?"}]
