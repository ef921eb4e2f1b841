"""A session is shown and revoked with its client_secret, which can also stop its answers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from mangum import Mangum

from chatcore.auth.identity import LoginVerifier
from chatcore.auth.keys import Keys
from chatcore.auth.tokens import CLIENT_SECRET
from chatcore.gate.admission import Requester
from chatcore.gate.gate import Gate
from session_api.routes import create_session_app
from session_api.sessions import Sessions
from tests.unit.session_api.conftest import LIMITS, Call, LoginToken

type Event = Callable[..., dict[str, Any]]


@pytest.fixture
def session(call: Call, event: Event, login_token: LoginToken) -> dict[str, Any]:
    """Return the response that opened alice's session."""
    content: dict[str, Any] = json.loads(call(event("session-create", login_token()))["body"])
    return content


@pytest.fixture
def ask(call: Call, event: Event) -> Callable[..., dict[str, Any]]:
    """Return a function that sends a request with a method to the session's route."""

    def ask(method: str, client_secret: str) -> dict[str, Any]:
        return call(event("session-create", client_secret) | {"httpMethod": method})

    return ask


def test_a_session_shows_its_state_and_remaining_limits(
    session: dict[str, Any], ask: Callable[..., Any], gate: Gate
) -> None:
    turn = gate.open_turn(Requester("alice", session["id"]), "thr_1", "turn_1", seconds=60)
    gate.close_turn(turn, tokens=300)
    answer = ask("GET", session["client_secret"])
    assert answer["headers"]["cache-control"] == "no-store"
    assert json.loads(answer["body"]) == {
        "id": session["id"],
        "user": "alice",
        "expires_at": session["expires_at"],
        "state": "active",
        "limits": {
            "session_messages_per_minute": {"limit": 5, "left": 4},
            "user_messages_per_minute": {"limit": 10, "left": 9},
            "user_requests_per_minute": {"limit": None, "left": None},
            "running_answers": {"limit": None, "left": None},
            "tokens_per_day": {"limit": 1000, "left": 700},
        },
    }


def test_a_revoked_session_is_shown_as_revoked_and_can_be_revoked_again(
    session: dict[str, Any], ask: Callable[..., Any]
) -> None:
    for _ in range(2):
        assert ask("DELETE", session["client_secret"])["statusCode"] == 204
    assert json.loads(ask("GET", session["client_secret"])["body"])["state"] == "revoked"


def test_revoking_ends_only_the_presented_session(
    session: dict[str, Any],
    ask: Callable[..., Any],
    call: Call,
    event: Event,
    login_token: LoginToken,
) -> None:
    other = json.loads(call(event("session-create", login_token()))["body"])
    ask("DELETE", session["client_secret"])
    assert json.loads(ask("GET", other["client_secret"])["body"])["state"] == "active"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_only_a_client_secret_shows_or_revokes_a_session(
    ask: Callable[..., Any], login_token: LoginToken, keys: Keys, method: str
) -> None:
    expired = CLIENT_SECRET.mint(keys.current(), "alice", now=0, sid="sess_1").token
    for token in ("", "rubbish", login_token(), expired):
        assert ask(method, token)["statusCode"] == 401


@pytest.fixture
def cancel(call: Call, event: Event) -> Callable[..., dict[str, Any]]:
    """Return a function that asks a turn to stop."""

    def cancel(client_secret: str, body: str) -> dict[str, Any]:
        asked = event("session-create", client_secret) | {"path": "/api/chatkit/cancel"}
        return call(asked | {"body": body})

    return cancel


def test_a_running_answer_is_asked_to_stop(
    session: dict[str, Any], cancel: Callable[..., Any], gate: Gate
) -> None:
    turn = gate.open_turn(Requester("alice", session["id"]), "thr_1", "turn_1", seconds=60)
    answer = cancel(session["client_secret"], '{"turn_id": "turn_1"}')
    assert (answer["statusCode"], json.loads(answer["body"])) == (202, {"turn_id": "turn_1"})
    assert gate.is_cancelled(turn)


def test_canceling_a_turn_that_is_not_running_is_not_found(
    session: dict[str, Any], cancel: Callable[..., Any]
) -> None:
    assert cancel(session["client_secret"], '{"turn_id": "turn_1"}')["statusCode"] == 404


def test_a_revoked_session_cannot_stop_a_turn(
    session: dict[str, Any], cancel: Callable[..., Any], ask: Callable[..., Any], gate: Gate
) -> None:
    turn = gate.open_turn(Requester("alice", session["id"]), "thr_1", "turn_1", seconds=60)
    ask("DELETE", session["client_secret"])
    assert cancel(session["client_secret"], '{"turn_id": "turn_1"}')["statusCode"] == 401
    assert not gate.is_cancelled(turn)


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"turn_id": 5}', "null", "[" * 16_000])
def test_a_cancel_without_a_turn_id_gets_400(
    session: dict[str, Any], cancel: Callable[..., Any], body: str
) -> None:
    assert cancel(session["client_secret"], body)["statusCode"] == 400


def test_a_cancel_with_a_long_body_gets_413(
    session: dict[str, Any], cancel: Callable[..., Any]
) -> None:
    assert cancel(session["client_secret"], "x" * 17_000)["statusCode"] == 413


@pytest.mark.parametrize(("accepted", "status"), [(True, 202), (False, 401)])
def test_a_login_token_can_stop_an_answer_only_if_it_is_accepted_for_chats(
    keys: Keys,
    gate: Gate,
    identity: LoginVerifier,
    login_token: LoginToken,
    event: Event,
    current_loop: None,
    accepted: bool,
    status: int,
) -> None:
    sessions = Sessions(keys, gate, LIMITS, identity=identity if accepted else None)
    handler = Mangum(create_session_app(identity, sessions, allowed_origins=()), lifespan="off")
    gate.open_turn(Requester("alice", None), "thr_1", "turn_1", seconds=60)
    asked = event("session-create", login_token()) | {"path": "/api/chatkit/cancel"}
    context: Any = object()
    answer = handler(asked | {"body": '{"turn_id": "turn_1"}'}, context)
    assert answer["statusCode"] == status
