"""A direct invocation can carry any event, so a function trusts only the token in it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from tests.stand_ins import StandIns, running_stand_ins

USER = {"sub": "victim", "user": "victim", "scope": "tasks", "principalId": "victim"}
AUTHORIZER = USER | {"claims": USER, "jwt": {"claims": USER}, "lambda": USER}
IDENTITY = {
    "cognitoIdentityId": "victim",
    "userArn": "arn:aws:iam::1:user/victim",
    "user": "victim",
}
EVENTS = {
    "SessionFunction": "session-create",
    "ChatkitFunction": "chatkit-list",
    "McpFunction": "mcp-list-tools",
}


@pytest.fixture(scope="module")
def stand_ins() -> Iterator[StandIns]:
    with running_stand_ins() as running:
        yield running


def invoke(address: str, function: str, event: dict[str, Any]) -> str:
    """Return the raw answer. A streaming function's answer begins with its prelude."""
    url = f"{address}/2015-03-31/functions/{function}/invocations"
    answer = httpx2.post(url, json=event, trust_env=False, timeout=60)
    assert answer.status_code == 200
    assert "x-amz-function-error" not in answer.headers, answer.text
    return answer.text


@pytest.mark.parametrize("function", EVENTS)
@pytest.mark.parametrize("token", ["", "e30.e30.e30"])
def test_a_forged_authorizer_is_not_trusted(
    stand_ins: StandIns, event: Callable[..., dict[str, Any]], function: str, token: str
) -> None:
    asked = event(EVENTS[function], token)
    asked["requestContext"] |= {"authorizer": AUTHORIZER, "identity": IDENTITY}
    asked["stageVariables"] = USER
    assert '"statusCode":401' in invoke(stand_ins.address, function, asked).replace(" ", "")


def test_a_forged_authorizer_does_not_replace_the_tokens_user(
    stand_ins: StandIns, event: Callable[..., dict[str, Any]]
) -> None:
    asked = event("session-create", stand_ins.identity_token("mallory"))
    asked["requestContext"] |= {"authorizer": AUTHORIZER}
    answer = json.loads(invoke(stand_ins.address, "SessionFunction", asked))
    assert json.loads(answer["body"])["user"] == "mallory"
