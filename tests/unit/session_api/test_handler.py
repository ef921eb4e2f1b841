"""The session function, called with API Gateway's events."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from chatcore import __version__
from chatcore.auth.keys import Keys
from chatcore.auth.tokens import CLIENT_SECRET
from tests.unit.session_api.conftest import Call, LoginToken

ORIGIN = "http://127.0.0.1:8000"
ROUTES = {
    "/api/chatkit/session": ["POST", "GET", "DELETE"],
    "/api/chatkit/cancel": ["POST"],
    "/api/health": ["GET", "HEAD"],
    "/chatkit": ["POST"],
    "/chatkit/offers": ["GET"],
    "/chatkit/entities": ["POST"],
    "/chatkit/entities/preview": ["POST"],
    "/mcp": ["POST"],
}

type Event = Callable[..., dict[str, Any]]


def test_a_login_token_is_exchanged_for_a_client_secret(
    call: Call, event: Event, keys: Keys, login_token: LoginToken
) -> None:
    answer = call(event("session-create", login_token()))
    session = json.loads(answer["body"])
    assert answer["statusCode"] == 201
    assert session["user"] == "alice"
    claims = CLIENT_SECRET.verify(keys, session["client_secret"])
    assert (claims["sub"], claims["sid"]) == ("alice", session["id"])
    assert claims["exp"] == session["expires_at"]
    assert answer["headers"]["cache-control"] == "no-store"


def test_each_session_has_its_own_id(call: Call, event: Event, login_token: LoginToken) -> None:
    first, second = (call(event("session-create", login_token())) for _ in range(2))
    assert json.loads(first["body"])["id"] != json.loads(second["body"])["id"]


@pytest.mark.parametrize("token", ["", "rubbish", "a.b.c", "a.b.c.d"])
def test_without_a_valid_token_the_user_is_asked_to_log_in(
    call: Call, event: Event, token: str
) -> None:
    answer = call(event("session-create", token))
    sentence = "Authentication required. Please log in."
    body = json.loads(answer["body"])
    assert answer["statusCode"] == 401
    assert (body["message"], body["detail"]) == (sentence, sentence)
    assert answer["headers"]["access-control-allow-origin"] == ORIGIN


def test_a_client_secret_cannot_open_a_session(call: Call, event: Event, keys: Keys) -> None:
    secret = CLIENT_SECRET.mint(keys.current(), "alice", sid="s1").token
    assert call(event("session-create", secret))["statusCode"] == 401


def test_the_response_has_the_gateways_request_id(call: Call, event: Event) -> None:
    asked = event("health")
    assert call(asked)["headers"]["x-request-id"] == asked["requestContext"]["requestId"]


def test_health_returns_only_status_and_version(call: Call, event: Event) -> None:
    assert json.loads(call(event("health"))["body"]) == {"status": "ok", "version": __version__}


@pytest.mark.parametrize("path", ROUTES)
def test_the_preflight_of_every_route_is_answered(call: Call, event: Event, path: str) -> None:
    answer = call(event("session-preflight") | {"path": path, "resource": path})
    headers = answer["headers"]
    assert answer["statusCode"] == 200
    assert headers["access-control-allow-origin"] == ORIGIN
    assert headers["access-control-allow-headers"] == (
        "authorization,content-type,chatkit-frame-instance-id,baggage,traceparent"
    )


@pytest.mark.parametrize("path", ROUTES)
def test_options_without_an_origin_lists_the_methods(call: Call, event: Event, path: str) -> None:
    plain = event("health") | {"path": path, "httpMethod": "OPTIONS"}
    plain["headers"] = plain["multiValueHeaders"] = {}
    answer = call(plain)
    assert (answer["statusCode"], answer["headers"]["allow"]) == (
        204,
        ", ".join([*ROUTES[path], "OPTIONS"]),
    )


@pytest.mark.parametrize("path", ROUTES)
def test_a_wrong_method_gets_405_with_the_allowed_methods(
    call: Call, event: Event, path: str
) -> None:
    answer = call(event("health") | {"path": path, "httpMethod": "PUT"})
    assert answer["statusCode"] == 405
    assert ROUTES[path][0] in answer["headers"]["allow"]
    assert json.loads(answer["body"])["code"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["/api/nothing", "/api/health/"])
def test_an_unknown_path_gets_404(call: Call, event: Event, path: str) -> None:
    answer = call(event("health") | {"path": path})
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (404, "not_found")
