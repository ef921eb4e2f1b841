"""The service with a list of models whose first one is dead."""

import json
from collections.abc import Iterator

import pytest

from tests.system.e2e.service import Stack, running_stack

# Slow: only make test-all runs these.
pytestmark = pytest.mark.deep

MODELS = [
    {"name": "dead", "base_url": "http://127.0.0.1:9/v1"},
    {"name": "alive"},
    {"name": "for titles"},
]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    parameters = f"Models={json.dumps(MODELS)} ModelFallback=true TitleModel='for titles'"
    with running_stack(PARAMETERS=parameters) as stack:
        yield stack


def test_the_next_model_answers_and_another_one_names_the_thread(stack: Stack) -> None:
    user = stack.user("fay")
    first = user.say("Add a task to buy milk")
    assert "buy milk" in first.text
    named = [
        event["thread"]["title"] for event in first.events if event["type"] == "thread.updated"
    ]
    assert any(named)
    assert user.say("What is on my list?", first.thread).text
    lines = [json.loads(line) for line in stack.logged().splitlines() if line.startswith("{")]
    by_message = {line["message"]: line for line in lines}
    replaced, skipped = by_message["model_replaced"], by_message["model_skipped"]
    for line in (replaced, skipped):
        assert (line["model"], line["replaced_by"]) == ("dead", "alive")
    assert "title_not_made" not in by_message
