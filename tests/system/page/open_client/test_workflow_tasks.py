"""The steps of an answer: thoughts, searches, files and images."""

import pytest
from playwright.sync_api import expect

from tests.system.page.open_client.chat import (
    FakeServiceChat,
    added,
    assistant_message,
    done,
    item,
    updated,
    user_message,
    workflow,
)

SKY = {"type": "url", "title": "The sky", "url": "https://sky.example/rain"}


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        ({"type": "web_search", "title_query": "oat milk"}, "Searched for oat milk"),
        ({"type": "web_search", "queries": ["a", "b"]}, "Searched for a, b"),
        ({"type": "web_search", "title": "Look", "queries": ["a", "b"]}, "LookSearched for: a, b"),
        ({"type": "web_search"}, "Searched the web"),
        ({"type": "thought", "content": "It is **late**."}, "It is late."),
        ({"type": "thought", "title": "Time", "content": "It is *late*."}, "TimeIt is late."),
        ({"type": "file", "title": "Files", "sources": [{"filename": "a.txt"}]}, "Filesa.txt"),
        ({"type": "file", "sources": [{"filename": "a.txt"}]}, "Read filesa.txt"),
        ({"type": "image"}, "Created an image"),
        ({"type": "custom", "title": "Look", "content": "At *all*."}, "LookAt all."),
        ({"type": "hologram"}, "Step"),
    ],
)
def test_every_kind_of_task_says_what_was_done(
    chat: FakeServiceChat, shown: dict[str, object], text: str
) -> None:
    chat.stored(user_message("Hello"), item("task", "task_1", task=shown))
    chat.mount(initialThread="thr_1")
    step = chat.page.get_by_role("article", name="Step").locator(".task")
    expect(step).to_have_text(text)


def test_search_shows_its_query_then_its_sources(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    search = {"type": "web_search", "title_query": "rain", "status_indicator": "loading"}
    chat.events(added(workflow(search)))
    steps = chat.page.get_by_role("article", name="Steps")
    expect(steps.locator(".task-title")).to_have_text("Searching for rain (in progress)")
    unsafe = {"type": "url", "title": "Trap", "url": "javascript:alert(1)"}
    found = search | {"status_indicator": "complete", "sources": [SKY, unsafe]}
    chat.events(updated("workflow.task.updated", "wf_1", task_index=0, task=found))
    expect(steps.locator(".task-title")).to_have_text("Searched for rain (done)")
    expect(steps.locator(".sources li")).to_have_text(["The sky", "Trap"])
    links = steps.get_by_role("link")
    expect(links).to_have_count(1)
    expect(links).to_have_attribute("href", "https://sky.example/rain")


def test_growing_thought_is_shown_as_markdown(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(added(workflow(type="reasoning")))
    for content in ("First", "First\n\n- this\n- that"):
        thought = {"type": "thought", "content": content, "status_indicator": "loading"}
        chat.events(updated("workflow.task.updated", "wf_1", task_index=0, task=thought))
    steps = chat.page.get_by_role("article", name="Steps")
    expect(steps.locator(".markdown li")).to_have_text(["this", "that"])
    chat.events(done(assistant_message("Done.")))
