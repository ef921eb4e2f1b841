"""`sam local invoke` of each function with the events of events/."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.stand_ins import StandIns
    from tests.system.sam_local.conftest import ReadEvent, Sam


def test_a_session_is_opened(sam: "Sam", stand_ins: "StandIns", event: "ReadEvent") -> None:
    token = stand_ins.identity_token("alice")
    answer = sam.invoke("SessionFunction", event("session-create", token))
    assert answer["statusCode"] == 201
    assert json.loads(answer["body"])["user"] == "alice"


def test_health_is_returned(sam: "Sam", event: "ReadEvent") -> None:
    answer = sam.invoke("SessionFunction", event("health"))
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["status"] == "ok"


def test_a_task_is_added_over_mcp(sam: "Sam", stand_ins: "StandIns", event: "ReadEvent") -> None:
    token = stand_ins.tool_token("alice")
    answer = sam.invoke("McpFunction", event("mcp-add-task", token))
    assert answer["statusCode"] == 200
    result = json.loads(answer["body"])["result"]
    assert not result.get("isError")
    assert "buy groceries" in json.dumps(result)


def test_a_turn_is_answered_in_one_piece(
    sam: "Sam", stand_ins: "StandIns", event: "ReadEvent"
) -> None:
    token = stand_ins.identity_token("bob")
    session = sam.invoke("SessionFunction", event("session-create", token))
    secret = json.loads(session["body"])["client_secret"]
    answer = sam.invoke("ChatkitFunction", event("chatkit-create", secret))
    assert answer["statusCode"] == 200
    assert answer["headers"]["content-type"].startswith("text/event-stream")
    assert "x-chatkit-turn" in answer["headers"]
    assert '"type":"thread.created"' in answer["body"]
    assert "buy groceries" in answer["body"]
    assert '"type":"error"' not in answer["body"]
