"""The assistant's steps are shown while they run."""

from playwright.sync_api import expect

from tests.system.page.open_client.chat import (
    FakeServiceChat,
    added,
    assistant_message,
    delta,
    done,
    item,
    task,
    updated,
    user_message,
    workflow,
)


def test_waiting_indicator_is_shown_until_the_first_event(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    waiting = chat.page.locator(".progress")
    expect(waiting).to_have_text("The assistant is answering")
    chat.events(added(assistant_message("")))
    expect(waiting).to_be_visible()
    chat.events(delta("Hello"))
    expect(waiting).to_have_count(0)


def test_progress_shows_the_services_text(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    for text in ("Looking at your list…", "Adding a task…"):
        chat.events({"type": "progress_update", "text": text})
        expect(chat.page.locator(".progress")).to_have_text(text)
    chat.events(done(assistant_message("Done.")))
    expect(chat.page.locator(".progress")).to_have_count(0)


def test_tools_are_expanded_while_they_run_and_collapsed_after(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(added(workflow(task("Look at the list", "loading"))))
    steps = chat.page.get_by_role("article", name="Steps")
    look, add = steps.get_by_text("Look at the list"), steps.get_by_text("Add a task")
    expect(look).to_have_text("Look at the list (in progress)")
    complete = task("Look at the list", "complete")
    chat.events(
        updated("workflow.task.updated", "wf_1", task_index=0, task=complete),
        updated("workflow.task.added", "wf_1", task_index=1, task=task("Add a task", "loading")),
    )
    expect(look).to_have_text("Look at the list (done)")
    expect(add).to_be_visible()
    chat.events(
        done(workflow(complete, task("Add a task", "complete"), summary={"duration": 3})),
        done(assistant_message("Done.")),
    )
    expect(add).to_be_hidden()
    steps.get_by_text("2 steps in 3 seconds").click()
    expect(add).to_be_visible()


def test_expanded_workflow_stays_open(chat: FakeServiceChat) -> None:
    flow = workflow(task("Look at the list", "complete"), expanded=True, summary={"title": "Done"})
    chat.stored(user_message("Hello"), flow)
    chat.mount(initialThread="thr_1")
    expect(chat.page.get_by_text("Look at the list")).to_be_visible()
    expect(chat.page.get_by_text("Done", exact=True)).to_be_visible()


def test_stopped_answer_has_no_running_steps(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(added(workflow(task("Look at the list", "loading"))))
    expect(chat.page.locator(".workflow .spinner")).to_have_count(2)
    chat.button("Stop").click()
    expect(chat.page.locator(".workflow .spinner")).to_have_count(0)


def test_hidden_items_are_not_shown(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events(
        done(item("hidden_context_item", "h_1", content="secret one")),
        done(item("sdk_hidden_context", "h_2", content="secret two")),
        done(assistant_message("Hello")),
        done(item("end_of_turn", "end_1")),
        done(item("hologram", "x_1", content="secret three")),
    )
    chat.end()
    expect(chat.answers).to_have_text("Hello")
    expect(chat.log).not_to_contain_text("secret")


def test_notices_are_shown_with_their_links(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    text = "You have 3 messages left. [More](https://example.com/plans)"
    chat.events({"type": "notice", "level": "warning", "title": "Nearly there", "message": text})
    notice = chat.page.locator(".notice")
    expect(notice).to_contain_text("Nearly there")
    link = notice.get_by_role("link", name="More")
    expect(link).to_have_attribute("href", "https://example.com/plans")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("target", "_blank")


def test_client_effect_is_dispatched_to_the_page(chat: FakeServiceChat) -> None:
    chat.mount()
    chat.begin()
    chat.events({"type": "client_effect", "name": "confetti", "data": {"pieces": 7}})
    chat.events(done(assistant_message("Hurray")))
    chat.end()
    assert chat.dispatched("chatkit.effect") == [{"name": "confetti", "data": {"pieces": 7}}]


def test_used_tool_of_the_page_is_shown_as_a_line(chat: FakeServiceChat) -> None:
    call = item("client_tool_call", "c_1", status="completed", name="open_map", arguments={})
    chat.stored(call)
    chat.mount(initialThread="thr_1")
    expect(chat.log).to_contain_text("Used open map")
