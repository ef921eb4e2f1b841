"""The running service with aimock as its model."""

from collections.abc import Iterator

import pytest

from tests.system.e2e.service import Stack, running_stack
from tests.system.independent_model.aimock import Aimock

pytestmark = pytest.mark.deep
ADD = "Add milk, please"
CALL = {"name": "add_task", "arguments": {"title": "milk"}}


@pytest.fixture
def stack(aimock: Aimock, api: str) -> Iterator[Stack]:
    address = f"{aimock.address}/v1"
    with running_stack(OPENAI_BASE_URL=address, OPENAI_API_KEY="any", OPENAI_API=api) as stack:
        yield stack


def test_the_service_holds_a_conversation_with_tools_and_names_it(
    aimock: Aimock, stack: Stack
) -> None:
    aimock.answer("", {"content": "Shopping"}, match_systemMessage="a title of at most")
    aimock.answer(ADD, {"toolCalls": [CALL]}, match_hasToolResult=False)
    aimock.answer(ADD, {"content": "Added."}, match_toolResultContains="milk")
    aimock.answer(
        "What is on my list?",
        {"toolCalls": [{"name": "list_tasks", "arguments": {}}]},
        match_hasToolResult=False,
    )
    aimock.answer("What is on my list?", {"content": "Milk."}, match_toolResultContains="milk")
    user = stack.user("ada")
    thread = user.say(ADD).thread
    assert user.say("What is on my list?", thread).text == "Milk."
    assert user.ask("threads.get_by_id", thread_id=thread).json()["title"] == "Shopping"
