"""What the log and the user are given when a request to Amazon Bedrock fails.

The requests go over HTTP to the stand-in, which verifies the openai library's signatures.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import openai
import pytest
from agents import Agent, Runner
from chatkit.errors import CustomStreamError

from chat_api.errors import BUSY, EXPIRED, NO_ACCESS, NO_CREDENTIALS, Explanation, stream_error
from chat_api.model.endpoints import ApiKey, Endpoints
from chat_api.model.model_config import ModelConfig
from chat_api.model.provider import create_run_config
from chat_api.model.retry_policy import RetryPolicy
from local_stack.model.bedrock.account import Account
from tests.unit.chat_api.model_requests.endpoint import finished
from tests.unit.chat_api.one_endpoint import one_endpoint
from tests.unit.local_stack.model.bedrock.conftest import MODEL, Endpoint
from tests.unit.local_stack.model.bedrock.conftest import account as account
from tests.unit.local_stack.model.bedrock.conftest import endpoint as endpoint

type Change = Callable[[Account], None]

ARN = f"arn:aws:bedrock:eu-central-1::foundation-model/{MODEL}"
PROJECT = "arn:aws:bedrock-mantle:eu-central-1:123456789012:project/default"
KEYS = ("status", "error", "error_type", "denied_action", "denied_resource", "reason", "cause")


def setting(**fields: Any) -> Change:
    """Return a function that sets fields of an account."""

    def change(account: Account) -> None:
        for name, value in fields.items():
            setattr(account, name, value)

    return change


def expire(account: Account) -> None:
    [held] = account.credentials
    past = datetime.now(UTC) - timedelta(seconds=1)
    account.credentials = (held.model_copy(update={"expires": past}),)


async def fail(client: openai.AsyncOpenAI, use_responses: bool = True) -> Exception:
    """Return the error of a run with this client."""
    policy = RetryPolicy(retries=0)
    provider = one_endpoint(client, use_responses=use_responses, retry_policy=policy)
    agent = Agent(name="a", model=MODEL)
    run = Runner.run_streamed(agent, "hunter2", run_config=create_run_config(provider))
    with pytest.raises(openai.OpenAIError) as raised:
        await finished(run)
    await client.close()
    return raised.value


def shown_to_the_user(error: Exception) -> Explanation:
    shown = stream_error(error)
    assert isinstance(shown, CustomStreamError)
    return Explanation(shown.message, shown.allow_retry)


def keys_of(logged: list[dict[str, Any]]) -> dict[str, Any]:
    [line] = [line for line in logged if line["message"] == "model_request_failed"]
    return {key: line[key] for key in KEYS if key in line}


@pytest.mark.parametrize("use_responses", [True, False])
@pytest.mark.parametrize(
    ("change", "client_options", "keys", "explanation"),
    [
        (
            setting(),
            {"secret_access_key": "wrong"},
            {"error_type": "InvalidSignatureException", "reason": "signature_mismatch"},
            NO_CREDENTIALS,
        ),
        (
            setting(),
            {"session_token": "wrong"},
            {"error_type": "UnrecognizedClientException"},
            NO_CREDENTIALS,
        ),
        (expire, {}, {"error_type": "ExpiredTokenException"}, EXPIRED),
        (
            setting(),
            {"region": "us-west-2"},
            {"error_type": "InvalidSignatureException", "reason": "wrong_region"},
            NO_CREDENTIALS,
        ),
        (
            setting(allowed=()),
            {},
            {
                "error_type": "AccessDeniedException",
                "denied_action": "bedrock:InvokeModelWithResponseStream",
                "denied_resource": ARN,
            },
            NO_ACCESS,
        ),
        (
            setting(allowed=()),
            {"endpoint": "mantle"},
            {
                "error_type": "AccessDeniedException",
                "denied_action": "bedrock-mantle:CreateInference",
                "denied_resource": PROJECT,
            },
            NO_ACCESS,
        ),
        (
            setting(disabled=(MODEL,)),
            {},
            {"error_type": "AccessDeniedException", "reason": "model_not_enabled"},
            NO_ACCESS,
        ),
        (
            setting(throttled=True),
            {},
            {"status": 429, "error": "RateLimitError", "error_type": "ThrottlingException"},
            BUSY,
        ),
    ],
)
async def test_a_refusal_is_logged_with_its_reason_and_explained_to_the_user(
    endpoint: Endpoint,
    logged: list[dict[str, Any]],
    change: Change,
    client_options: dict[str, Any],
    keys: dict[str, str],
    explanation: Explanation,
    use_responses: bool,
) -> None:
    change(endpoint.account)
    error = await fail(endpoint.client(**client_options), use_responses)
    expected = {"status": 403, "error": "PermissionDeniedError"} | keys
    assert keys_of(logged) == expected
    assert shown_to_the_user(error) == explanation


async def test_a_wrong_clock_is_logged_as_the_reason(
    endpoint: Endpoint, logged: list[dict[str, Any]]
) -> None:
    endpoint.ahead = timedelta(minutes=6)
    await fail(endpoint.client())
    assert keys_of(logged)["reason"] == "clock"


async def test_a_signature_for_the_wrong_service_is_explained(
    endpoint: Endpoint, logged: list[dict[str, Any]]
) -> None:
    endpoint.account.services = ("bedrock-mantle",)
    error = await fail(endpoint.client())
    assert keys_of(logged)["reason"] == "wrong_service"
    assert shown_to_the_user(error) == NO_CREDENTIALS


def no_credentials() -> None:
    return None


def unreadable_credentials() -> None:
    raise PermissionError("hunter2")


@pytest.mark.parametrize(
    ("source", "keys"),
    [
        (no_credentials, {"reason": "no_credentials"}),
        (unreadable_credentials, {"reason": "unreadable_credentials", "cause": "PermissionError"}),
    ],
)
async def test_a_request_that_cannot_be_signed_is_logged_and_explained(
    endpoint: Endpoint,
    logged: list[dict[str, Any]],
    source: Callable[[], None],
    keys: dict[str, str],
) -> None:
    none = dict.fromkeys(("access_key_id", "secret_access_key", "session_token"))
    error = await fail(endpoint.client(**none, credential_provider=source))
    assert keys_of(logged) == {"error": "OpenAIError", **keys}
    assert shown_to_the_user(error) == NO_CREDENTIALS


async def test_a_machine_without_credentials_is_logged_and_explained(
    endpoint: Endpoint, logged: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    none = dict.fromkeys(("access_key_id", "secret_access_key", "session_token"))
    error = await fail(endpoint.client(**none))
    assert keys_of(logged) == {"error": "OpenAIError", "reason": "no_credentials"}
    assert shown_to_the_user(error) == NO_CREDENTIALS


def no_key(secret: str) -> ApiKey:
    raise AssertionError(f"{secret} was read")


async def test_an_empty_address_means_aws_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_BEDROCK_BASE_URL", "")
    config = ModelConfig(name="m", provider="bedrock", region="eu-central-1")
    client = Endpoints(no_key).client(config)
    assert client.base_url.host == "bedrock-runtime.eu-central-1.amazonaws.com"
    await client.close()
