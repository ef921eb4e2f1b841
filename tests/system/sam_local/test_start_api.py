"""A chat turn over HTTP through `sam local start-api`."""

from typing import TYPE_CHECKING, Any

import httpx2

if TYPE_CHECKING:
    from tests.stand_ins import StandIns


def test_a_signed_in_user_is_answered(api: httpx2.Client, stand_ins: "StandIns") -> None:
    signed_in = {"authorization": f"Bearer {stand_ins.identity_token('carol')}"}
    session = api.post("/api/chatkit/session", headers=signed_in)
    assert session.status_code == 201
    words = {"content": [{"type": "input_text", "text": "Add a task to call Mom"}]}
    rest: dict[str, Any] = {"attachments": [], "inference_options": {}}
    turn = {"type": "threads.create", "params": {"input": words | rest}}
    secret = {"authorization": f"Bearer {session.json()['client_secret']}"}
    answer = api.post("/chatkit", json=turn, headers=secret)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "call Mom" in answer.text
    assert '"type":"error"' not in answer.text
