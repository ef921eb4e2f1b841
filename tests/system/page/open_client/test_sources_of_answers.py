"""The sources of an answer are listed below it."""

from typing import Any

from playwright.sync_api import expect

from tests.system.page.open_client.chat import (
    Event,
    FakeServiceChat,
    added,
    assistant_message,
    delta,
    updated,
    user_message,
)

SKY = {"type": "url", "title": "Sky", "url": "https://sky.example/rain"}


def citing(*sources: dict[str, Any]) -> Event:
    answer = assistant_message("It rains.")
    answer["content"][0]["annotations"] = [annotation(each) for each in sources]
    return answer


def annotation(source: dict[str, Any]) -> Event:
    return {"type": "annotation", "source": source, "index": 4}


def test_sources_are_a_numbered_list_below_the_answer(chat: FakeServiceChat) -> None:
    file = {"type": "file", "title": "", "filename": "rain.txt"}
    entity = {"type": "entity", "id": "t1", "title": "Buy an umbrella"}
    chat.stored(user_message("Hello"), citing(SKY, file, entity))
    chat.mount(initialThread="thr_1")
    sources = chat.page.get_by_role("list", name="Sources")
    items = sources.get_by_role("listitem")
    expect(items).to_have_text(["Sky sky.example", "rain.txt", "Buy an umbrella"])
    expect(sources.get_by_role("link")).to_have_attribute("href", "https://sky.example/rain")
    expect(sources.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer")
    assert sources.evaluate("list => list.localName") == "ol"


def test_source_that_is_cited_twice_is_listed_once(chat: FakeServiceChat) -> None:
    other = SKY | {"url": "https://sky.example/snow", "attribution": "Weather service"}
    chat.stored(user_message("Hello"), citing(SKY, other, SKY))
    chat.mount(initialThread="thr_1")
    items = chat.page.get_by_role("list", name="Sources").get_by_role("listitem")
    expect(items).to_have_text(["Sky sky.example", "Sky Weather service"])


def test_unsafe_address_is_no_link(chat: FakeServiceChat) -> None:
    chat.stored(user_message("Hello"), citing(SKY | {"url": "javascript:alert(1)"}))
    chat.mount(initialThread="thr_1")
    sources = chat.page.get_by_role("list", name="Sources")
    expect(sources).to_have_text("Sky")
    expect(sources.get_by_role("link")).to_have_count(0)


def test_source_appears_while_the_answer_is_written(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    kind = "assistant_message.content_part.annotation_added"
    source = updated(kind, content_index=0, annotation_index=0, annotation=annotation(SKY))
    chat.events(added(assistant_message("")), delta("It rains"), source)
    link = chat.page.get_by_role("list", name="Sources").get_by_role("link")
    link.focus()
    chat.events(delta(", and it pours."))
    expect(chat.answers).to_contain_text("it pours")
    expect(link).to_be_focused()
