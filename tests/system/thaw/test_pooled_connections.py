"""The first invocation after a thaw, when every pooled connection is dead."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.stand_ins import StandIns
    from tests.system.thaw.conftest import ChatFunction


@pytest.mark.parametrize(
    "forgotten",
    [pytest.param(False, id="closed", marks=pytest.mark.deep), pytest.param(True, id="forgotten")],
)
async def test_the_next_turn_is_answered_without_an_error(
    chat: "ChatFunction",
    stand_ins: "StandIns",
    event: Callable[..., dict[str, Any]],
    forgotten: bool,
) -> None:
    secret = stand_ins.client_secret(f"user-{forgotten}")

    def saying(words: str) -> bytes:
        turn = event("chatkit-create", secret)
        body = turn["body"].replace("Add a task to buy groceries", words)
        return json.dumps({**turn, "body": body}).encode()

    # Concurrent tool calls leave several connections in the pool, and use them again.
    await chat.answer(saying("Add a task to buy milk and add a task to buy tea"))
    assert chat.sleep(forgotten=forgotten)
    answer = await chat.answer(saying("Add a task to buy jam and add a task to buy rice"))
    assert "thread.item.done" in answer, chat.history()
    assert '"type":"error"' not in answer, chat.history()
    listed = await chat.answer(saying("What is on my list?"))
    added = ("buy milk", "buy tea", "buy jam", "buy rice")
    assert [task for task in added if task not in listed] == [], chat.history()
