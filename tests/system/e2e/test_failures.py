"""The service with a failing model, and with the model's other API."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import descendants, running
from tests.system.e2e.service import PLAIN, Stack, running_stack
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[3]
# Nothing listens on port 1: every connection is refused at once.
NOWHERE = {"OPENAI_API_KEY": "sk-hunter2", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}


@pytest.fixture(scope="module")
def unreachable_model() -> Iterator[Stack]:
    """Run a service whose model cannot be reached."""
    with running_stack(**NOWHERE) as stack:
        yield stack


def chat_processes(stack: Stack) -> set[int]:
    return running("-m lambda_stream") & descendants(stack.process.pid)


def test_an_unreachable_model_is_reported_and_logged_with_the_request_id(
    unreachable_model: Stack,
) -> None:
    answer = unreachable_model.user("rita").say("My parcel is called hunter2")
    assert answer.events[-1]["type"] == "error"
    assert "cannot be reached" in answer.events[-1]["message"]
    lines = [
        json.loads(line) for line in unreachable_model.logged().splitlines() if line[:1] == "{"
    ]
    [line] = [
        line
        for line in lines
        if line["message"] == "answer_failed"
        and line.get("request_id") == answer.headers["x-request-id"]
    ]
    assert "APIConnectionError" in line["error"]
    assert "hunter2" not in unreachable_model.logged()


def test_failed_turns_leave_the_process_free_for_the_next_one(unreachable_model: Stack) -> None:
    user = unreachable_model.user("sven")
    before = chat_processes(unreachable_model)
    for _ in range(5):
        assert user.say("Hi").events[-1]["type"] == "error"
    # There were more turns than processes, so failed turns must have freed their processes.
    assert before <= chat_processes(unreachable_model)
    assert len(user.ask("threads.list").json()["data"]) == 5


@pytest.mark.parametrize(
    ("fault", "sentence", "allow_retry"),
    [
        ("rate_limit_exceeded", "is busy", True),
        ("invalid_api_key", "its key was refused", False),
        ("endless calls", "too many steps", False),
        ("a broken answer", "cannot be reached", True),
    ],
)
def test_a_model_error_is_shown_in_a_sentence_and_the_thread_continues(
    stack: Stack, fault: str, sentence: str, allow_retry: bool
) -> None:
    user = stack.user("tina")
    answer = user.say(f"Fail with {fault}")
    assert answer.events[-1]["type"] == "error"
    assert sentence in answer.events[-1]["message"]
    assert answer.events[-1]["allow_retry"] is allow_retry
    assert user.say("Thanks", answer.thread).text == "You are welcome!"


def test_text_before_a_broken_answer_is_kept(stack: Stack) -> None:
    user = stack.user("uta")
    thread = user.say("Fail with a broken answer").thread
    assert user.messages(thread)[-1] == ("assistant_message", "This answer ends in the mid")


@pytest.mark.deep
@pytest.mark.parametrize("api", ["responses", "chat_completions"])
def test_the_demo_works_over_both_apis_of_the_model(api: str) -> None:
    done = subprocess.run(
        ["make", "-s", "demo"],
        cwd=ROOT,
        env=PLAIN | {"OPENAI_API": api},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "You have 1 task: buy groceries." in done.stdout
