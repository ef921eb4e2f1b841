"""Texts from others are shown as text: they never become markup, scripts or foreign addresses."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Dialog, Request, expect

from tests.system.page.browser import wait_in
from tests.system.page.open_client.chat import (
    THREAD,
    FakeServiceChat,
    added,
    assistant_message,
    choice,
    delta,
    done,
    free_text,
    item,
    questions,
    tool_call,
    user_message,
    workflow,
)
from tests.system.page.open_client.injection_payloads import PAYLOADS

# Slow: only make test-all runs these.
pytestmark = pytest.mark.deep


@pytest.fixture
def watched(chat_with: Callable[..., FakeServiceChat], site: str) -> Iterator[FakeServiceChat]:
    """Return a chat without a content policy, which could hide a hole. Check for harm afterward."""
    chat = chat_with(bypass_csp=True)
    happened: list[str] = []

    def on_dialog(dialog: Dialog) -> None:
        happened.append(dialog.message)
        dialog.dismiss()

    def on_request(request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(site).netloc:
            happened.append(request.url)

    chat.page.on("dialog", on_dialog)
    chat.page.on("request", on_request)
    yield chat
    assert chat.page.evaluate("host.foreign()") == []
    # Let the page's event loop run, for handlers of elements that load first.
    chat.page.evaluate("new Promise((resolve) => setTimeout(resolve))")
    assert chat.page.evaluate("window.hacked") is None
    assert happened == []


def test_payloads_do_harm_when_parsed_as_html(
    chat_with: Callable[..., FakeServiceChat],
) -> None:
    page = chat_with(bypass_csp=True).page
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.evaluate("(text) => (document.querySelector('h1').innerHTML = text)", PAYLOADS[5])
    wait_in(page, "window.hacked")


def test_watch_detects_foreign_elements(chat_with: Callable[..., FakeServiceChat]) -> None:
    chat = chat_with(bypass_csp=True)
    chat.mount()
    html = '<svg></svg><a href="javascript:1" onclick="1">x</a><video></video>'
    chat.page.evaluate("(html) => (host.chat.shadowRoot.lastChild.innerHTML = html)", html)
    found = chat.page.evaluate("host.foreign()")
    assert found == ["svg", "href=javascript:1", "onclick=1", "video"]


def test_payloads_in_an_answer_are_text(watched: FakeServiceChat) -> None:
    answers = [assistant_message(text, f"m{at}") for at, text in enumerate(PAYLOADS)]
    watched.stored(*answers)
    watched.mount(initialThread="thr_1")
    expect(watched.answers).to_have_count(len(PAYLOADS))


def test_payloads_in_an_answer_streamed_by_character_are_text(watched: FakeServiceChat) -> None:
    watched.mount()
    watched.begin()
    watched.events(added(assistant_message("")))
    text = "\n\n".join([*PAYLOADS, "The end"])
    watched.page.evaluate(
        """async ([template, text]) => {
            for (const character of text) {
                template.update.delta = character;
                host.service.events(template);
                await new Promise((resolve) => queueMicrotask(resolve));
            }
        }""",
        [delta(""), text],
    )
    expect(watched.answers).to_contain_text("The end")


def test_payloads_in_a_stream_split_within_characters_are_text(watched: FakeServiceChat) -> None:
    watched.mount()
    watched.begin()
    for at, text in enumerate(PAYLOADS):
        watched.page.evaluate(
            """(event) => {
                const bytes = new TextEncoder().encode(`data: ${JSON.stringify(event)}\\n\\n`);
                for (const byte of bytes) host.service.bytes([byte]);
            }""",
            done(assistant_message(text, f"m{at}")),
        )
    expect(watched.answers).to_have_count(len(PAYLOADS))


def test_payloads_in_a_user_message_are_text(watched: FakeServiceChat) -> None:
    messages = [user_message(text, f"m{at}") for at, text in enumerate(PAYLOADS)]
    quoted = user_message("x", "q") | {
        "quoted_text": PAYLOADS[5],
        "attachments": [{"name": PAYLOADS[5]}],
    }
    watched.stored(*messages, quoted)
    watched.mount(initialThread="thr_1")
    shown = watched.user_messages.evaluate_all("all => all.map((each) => each.textContent)")
    assert shown == [*PAYLOADS, "x"]


@pytest.mark.parametrize("status", ["pending", "answered", "skipped"])
def test_payloads_in_questions_are_text(watched: FakeServiceChat, status: str) -> None:
    answer = {"values": PAYLOADS, "skipped": False}
    asked = [
        choice(text, *PAYLOADS, question_id=text, answer=answer, multiple=bool(at % 2))
        for at, text in enumerate(PAYLOADS)
    ]
    details = choice("\n".join(["Do it?", *PAYLOADS]), "Yes", question_id="__proto__")
    free = free_text(PAYLOADS[5], description=PAYLOADS[5], question_id="constructor")
    watched.stored(questions(*asked, details, free, status=status), tool_call(PAYLOADS[5]))
    watched.mount(initialThread="thr_1")
    expect(watched.page.locator("open-chatkit .ask")).to_have_count(len(PAYLOADS) + 2)
    expect(watched.page.locator("open-chatkit .details").last).to_contain_text(PAYLOADS[-1])


def test_answers_to_questions_with_hostile_ids_are_sent(watched: FakeServiceChat) -> None:
    ids = ["constructor", "submit", "__proto__", PAYLOADS[5]]
    asked = [free_text(PAYLOADS[5], question_id=question_id) for question_id in ids]
    watched.stored(user_message("x"), questions(*asked))
    watched.mount(initialThread="thr_1")
    boxes = watched.page.locator("open-chatkit .question-form textarea")
    expect(boxes).to_have_count(len(ids))
    for box in boxes.all():
        box.fill(PAYLOADS[5])
    watched.button("Send answers").click()
    wait_in(watched.page, "host.service.requested.some(({type}) => /struct/.test(type))")
    [params] = watched.requested("threads.add_structured_input")
    values = {"values": [PAYLOADS[5]], "skipped": False}
    assert params["input"]["answers"] == dict.fromkeys(ids, values)


def test_payloads_in_chat_titles_are_text(watched: FakeServiceChat) -> None:
    threads = [THREAD | {"id": f"t{at}", "title": text} for at, text in enumerate(PAYLOADS)]
    watched.answer_to("threads.list", {"data": threads, "has_more": False})
    watched.stored(title=PAYLOADS[5])
    watched.mount(initialThread="thr_1")
    expect(watched.page.locator(".main .title")).to_have_text(PAYLOADS[5])
    watched.button("Chats").click()
    names = watched.history.locator(".name")
    expect(names).to_have_count(len(PAYLOADS))
    assert names.evaluate_all("all => all.map((each) => each.textContent)") == PAYLOADS
    watched.history.get_by_role("button", name="Delete").nth(5).click()
    expect(watched.history).to_contain_text(PAYLOADS[5])


def test_payloads_in_tasks_are_text(watched: FakeServiceChat) -> None:
    tasks: list[dict[str, Any]] = []
    for text in PAYLOADS:
        source = {"type": "url", "title": text, "url": text.removeprefix("[x](").removesuffix(")")}
        tasks += [
            {"type": "custom", "title": text, "content": text},
            {"type": "thought", "title": text, "content": text},
            {"type": "web_search", "title_query": text, "queries": [text], "sources": [source]},
            {"type": "file", "sources": [{"type": "file", "title": text, "filename": text}]},
        ]
    watched.stored(workflow(*tasks, expanded=True, summary={"title": PAYLOADS[5]}))
    watched.mount(initialThread="thr_1")
    expect(watched.page.locator(".task")).to_have_count(len(tasks))


def test_payloads_in_widgets_are_text(watched: FakeServiceChat) -> None:
    widgets = [
        item(
            "widget",
            f"w{at}",
            widget={
                "type": "Card",
                "asForm": True,
                "status": {"text": text},
                "children": [
                    {"type": kind, "value": text, "label": text, "src": text, "name": text}
                    for kind in ("Text", "Title", "Badge", "Markdown", "Image", "Icon", text)
                ]
                + [
                    {"type": "Label", "value": text, "fieldName": text},
                    *(
                        {"type": kind, "name": text, "placeholder": text, "label": text}
                        | {"options": [{"value": text, "label": text}], "defaultValue": text}
                        | {"pattern": text, "inputType": text}
                        for kind in ("Input", "Textarea", "Select", "Checkbox", "DatePicker")
                    ),
                    {"type": "RadioGroup", "name": text, "options": [{"value": text}]},
                ]
                + [{"type": "Button", "label": text, "onClickAction": {"type": text}}],
            },
        )
        for at, text in enumerate(PAYLOADS)
    ]
    watched.stored(*widgets)
    watched.mount(initialThread="thr_1")
    expect(watched.page.get_by_role("article", name="Card")).to_have_count(len(PAYLOADS))
    expect(watched.page.locator("[aria-busy]")).to_have_count(0)


def test_payloads_in_notices_errors_and_progress_are_text(watched: FakeServiceChat) -> None:
    watched.mount()
    watched.begin()
    for text in PAYLOADS:
        watched.events(
            {"type": "progress_update", "text": text},
            {"type": "notice", "level": "info", "title": text, "message": text},
            {"type": "error", "message": text},
        )
    watched.end()
    expect(watched.page.locator(".notice")).to_have_count(len(PAYLOADS) + 1)


def test_payloads_in_other_items_are_text(watched: FakeServiceChat) -> None:
    items = []
    for at, text in enumerate(PAYLOADS):
        url = text.removeprefix("[x](").removesuffix(")")
        items += [
            item("client_tool_call", f"c{at}", status="pending", name=text, arguments={}),
            # The image of an HTTPS address is loaded, whatever the address says.
            item("generated_image", f"i{at}", image={"id": text, "url": f"x{url}"}),
            item("generated_image", f"j{at}", image={"id": text, "url": url})
            if not url.startswith("https:")
            else tool_call(text, "completed") | {"id": f"d{at}"},
        ]
    watched.stored(*items)
    watched.mount(initialThread="thr_1")
    expect(watched.page.locator("article:is(.line, .image)")).to_have_count(len(items))
    expect(watched.page.locator("[aria-busy]")).to_have_count(0)


def test_payloads_in_texts_of_the_page_are_text(watched: FakeServiceChat) -> None:
    prompts = [{"label": text, "prompt": text} for text in PAYLOADS]
    watched.mount(
        startScreen={"greeting": PAYLOADS[5], "prompts": prompts},
        disclaimer={"text": "\n\n".join(PAYLOADS)},
        composer={"placeholder": PAYLOADS[5]},
        header={"title": {"text": PAYLOADS[5]}},
    )
    expect(watched.page.locator(".prompt")).to_have_count(len(PAYLOADS))
