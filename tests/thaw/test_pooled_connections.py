"""The first invocation after a thaw, when every pooled connection is dead."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.stand_ins import StandIns
    from tests.thaw.conftest import ChatFunction


@pytest.mark.parametrize("forgotten", [False, True], ids=["closed", "forgotten"])
async def test_the_next_turn_is_answered_without_an_error(
    chat: "ChatFunction",
    stand_ins: "StandIns",
    event: Callable[..., dict[str, Any]],
    forgotten: bool,
) -> None:
    secret = stand_ins.client_secret(f"user-{forgotten}")
    first = event("chatkit-create", secret)
    second = {**first, "body": first["body"].replace("Add a task to buy groceries", "My list?")}
    assert "buy groceries" in await chat.answer(json.dumps(first).encode())
    lost = chat.sleep(forgotten=forgotten)
    assert lost
    answer = await chat.answer(json.dumps(second).encode())
    assert "thread.item.done" in answer
    assert '"type":"error"' not in answer
