"""The service with models of Amazon Bedrock: a conversation, and each refusal.

The stand-in for Bedrock verifies every signature. It allows what the template's role allows.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from local_stack.model.app import create_app
from local_stack.model.bedrock.account import Account, Credentials, Permission
from local_stack.model.bedrock.app import PATH
from local_stack.model.model import Model, pause_of
from local_stack.parameters import named_parameters
from local_stack.storage.provisioning import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from tests.system.e2e.roles import grants
from tests.system.e2e.served_app import served_app
from tests.system.e2e.service import ROOT, Stack, StreamedAnswer, parameters_of, running_stack

# Slow: only make test-all runs these.
pytestmark = pytest.mark.deep

GPT = "openai.gpt-oss-120b"
MODELS = [
    {"name": GPT, "provider": "bedrock"},
    {"name": "chat", "model": GPT, "provider": "bedrock", "api": "chat_completions"},
    {"name": "mantle", "model": GPT, "provider": "bedrock", "endpoint": "mantle"},
]
# `make deploy` derives the second parameter from the first.
PARAMETERS = f"Models={json.dumps(MODELS)} BedrockEndpoints=both"
CREDENTIALS = Credentials(
    access_key_id=ACCESS_KEY_ID,
    secret_access_key=SECRET_ACCESS_KEY,
    session_token="ChatkitFunction",
)
REFUSED_CREDENTIALS = "its credentials are missing or were refused"
INVALID = "InvalidSignatureException"


def of_the_role() -> tuple[Permission, ...]:
    """Return what the template allows the chat function to do on Bedrock."""
    values = parameters_of(named_parameters({"PARAMETERS": PARAMETERS}))
    granted = grants(ROOT / "template.yaml", values)
    return tuple(
        Permission(action=each.action, resource=each.resource)
        for each in granted
        if each.function == "ChatkitFunction" and each.action.startswith("bedrock")
    )


@pytest.fixture(scope="module")
def account() -> Account:
    return Account(credentials=(CREDENTIALS,), allowed=of_the_role(), region="eu-central-1")


@pytest.fixture(scope="module")
def stack(account: Account) -> Iterator[Stack]:
    """Run the service with a list of Bedrock's models and without any key."""
    app = create_app(Model(pause=pause_of(0)), account)
    with (
        served_app(app, asyncio.new_event_loop()) as address,
        running_stack(PARAMETERS=PARAMETERS, BEDROCK_BASE_URL=f"{address}{PATH}") as stack,
    ):
        yield stack


@contextmanager
def changed(account: Account, **fields: Any) -> Iterator[None]:
    """Change the account during the block."""
    before = {name: getattr(account, name) for name in fields}
    for name, value in fields.items():
        setattr(account, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(account, name, value)


def credentials(**fields: Any) -> dict[str, Any]:
    """Return a change that makes the account's credentials differ from the function's."""
    return {"credentials": (CREDENTIALS.model_copy(update=fields),)}


def reason_of(stack: Stack, answer: StreamedAnswer) -> dict[str, Any]:
    """Return the log line of the failed request behind an answer."""
    lines = [json.loads(line) for line in stack.logged().splitlines() if line.startswith("{")]
    [line] = [
        line
        for line in lines
        if line["message"] == "model_request_failed"
        and line.get("request_id") == answer.headers["x-request-id"]
    ]
    return dict(line)


@pytest.mark.parametrize("model", [GPT, "chat", "mantle"])
def test_a_conversation_with_tools(stack: Stack, model: str) -> None:
    user = stack.user(f"uses {model}")
    answer = user.say("Add a task to buy groceries", model=model)
    assert answer.text == 'I have added "buy groceries" to your list.'
    again = user.say("What is on my list?", answer.thread, model)
    assert again.text == "You have 1 task: buy groceries."


@pytest.mark.parametrize(
    ("change", "reason", "sentence", "allow_retry"),
    [
        (
            credentials(secret_access_key="other"),
            {"error_type": INVALID, "reason": "signature_mismatch"},
            REFUSED_CREDENTIALS,
            False,
        ),
        (
            credentials(expires=datetime(2020, 1, 1, tzinfo=UTC)),
            {"error_type": "ExpiredTokenException"},
            "credentials have expired",
            True,
        ),
        (
            credentials(session_token="other"),
            {"error_type": "UnrecognizedClientException"},
            REFUSED_CREDENTIALS,
            False,
        ),
        (
            {"region": "us-west-2"},
            {"error_type": INVALID, "reason": "wrong_region"},
            REFUSED_CREDENTIALS,
            False,
        ),
        (
            {"allowed": ()},
            {
                "error_type": "AccessDeniedException",
                "denied_action": "bedrock:InvokeModelWithResponseStream",
                "denied_resource": f"arn:aws:bedrock:eu-central-1::foundation-model/{GPT}",
            },
            "no access to its model",
            False,
        ),
        (
            {"disabled": (GPT,)},
            {"error_type": "AccessDeniedException", "reason": "model_not_enabled"},
            "no access to its model",
            False,
        ),
    ],
)
def test_a_refusal_is_logged_with_its_reason_and_shown_as_a_sentence(
    stack: Stack,
    account: Account,
    change: dict[str, Any],
    reason: dict[str, str],
    sentence: str,
    allow_retry: bool,
) -> None:
    user = stack.user("rita")
    # The thread gets its title now, so that only one request will fail.
    thread = user.say("Hi").thread
    with changed(account, **change):
        answer = user.say("My parcel is called hunter2", thread)
    assert answer.events[-1]["type"] == "error"
    assert sentence in answer.events[-1]["message"]
    assert answer.events[-1]["allow_retry"] is allow_retry
    line = reason_of(stack, answer)
    assert reason.items() <= line.items()
    assert line["status"] == 403
    assert line["model_request_id"]
    assert "hunter2" not in stack.logged()
    assert user.say("Thanks", thread).text == "You are welcome!"
