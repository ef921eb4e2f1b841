"""Each fault of a signed request is refused as AWS refuses it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import openai
import pytest
from openai import AsyncOpenAI

from local_stack.model.bedrock.account import Account, Permission
from local_stack.model.bedrock.app import PATH
from tests.unit.local_stack.model.bedrock.conftest import MODEL, Endpoint

type Error = openai.APIStatusError

RUNTIME_ARN = f"arn:aws:bedrock:eu-central-1::foundation-model/{MODEL}"
MANTLE_ARN = "arn:aws:bedrock-mantle:eu-central-1:123456789012:project/default"
BAD_TOKEN = "The security token included in the request is invalid."
MISMATCH = "The request signature we calculated does not match"


async def refusal(client: AsyncOpenAI, message: str = "Hi", **how: Any) -> Error:
    """Return the error of a request."""
    async with client:
        with pytest.raises(openai.APIStatusError) as raised:
            await client.responses.create(model=MODEL, input=message, **how)
    return raised.value


def kind_of(error: Error) -> str:
    return str(error.response.headers["x-amzn-errortype"]).partition(":")[0]


def sentence_of(error: Error) -> str:
    assert isinstance(error.body, dict)
    [sentence] = error.body.values()
    return str(sentence)


def change(account: Account, **fields: Any) -> None:
    """Change the account's only credentials."""
    account.credentials = (account.credentials[0].model_copy(update=fields),)


@pytest.mark.parametrize(
    ("how", "kind", "sentence"),
    [
        ({"secret_access_key": "wrong"}, "InvalidSignatureException", MISMATCH),
        ({"access_key_id": "AKIANOBODY"}, "UnrecognizedClientException", BAD_TOKEN),
        ({"session_token": "wrong"}, "UnrecognizedClientException", BAD_TOKEN),
        ({"session_token": None}, "UnrecognizedClientException", BAD_TOKEN),
        (
            {"region": "us-west-2"},
            "InvalidSignatureException",
            "Credential should be scoped to a valid region.",
        ),
    ],
)
async def test_wrong_credentials_are_refused(
    endpoint: Endpoint, how: dict[str, Any], kind: str, sentence: str
) -> None:
    error = await refusal(endpoint.client(**how))
    assert (error.status_code, kind_of(error)) == (403, kind)
    assert sentence_of(error).startswith(sentence)


async def test_an_expired_session_token_is_refused(endpoint: Endpoint) -> None:
    change(endpoint.account, expires=datetime.now(UTC) - timedelta(seconds=1))
    error = await refusal(endpoint.client())
    assert (error.status_code, kind_of(error)) == (403, "ExpiredTokenException")


async def test_a_session_token_is_accepted_until_it_expires(endpoint: Endpoint) -> None:
    change(endpoint.account, expires=datetime.now(UTC) + timedelta(hours=1))
    async with endpoint.client() as client:
        assert await client.responses.create(model=MODEL, input="Hi")


async def test_a_session_token_with_a_permanent_key_is_refused(endpoint: Endpoint) -> None:
    change(endpoint.account, session_token=None)
    assert kind_of(await refusal(endpoint.client())) == "UnrecognizedClientException"


@pytest.mark.parametrize(
    ("ahead", "sentence"),
    [
        (timedelta(minutes=6), "Signature expired: "),
        (timedelta(minutes=-6), "Signature not yet current: "),
    ],
)
async def test_a_clock_that_is_off_by_more_than_five_minutes_is_refused(
    endpoint: Endpoint, ahead: timedelta, sentence: str
) -> None:
    endpoint.ahead = ahead
    error = await refusal(endpoint.client())
    assert kind_of(error) == "InvalidSignatureException"
    assert sentence_of(error).startswith(sentence)


@pytest.mark.parametrize(
    ("service", "other", "status"), [("bedrock-mantle", "runtime", 401), ("bedrock", "mantle", 403)]
)
async def test_a_signature_for_the_other_endpoint_is_refused(
    endpoint: Endpoint, service: str, other: str, status: int
) -> None:
    endpoint.account.services = (service,)
    error = await refusal(endpoint.client(endpoint=other))
    assert error.status_code == status
    expected = f"Credential should be scoped to correct service: '{service}'."
    assert sentence_of(error) == expected


@pytest.mark.parametrize(
    ("client_options", "request_options", "action", "resource"),
    [
        ({}, {}, "bedrock:InvokeModel", RUNTIME_ARN),
        ({}, {"stream": True}, "bedrock:InvokeModelWithResponseStream", RUNTIME_ARN),
        ({"endpoint": "mantle"}, {}, "bedrock-mantle:CreateInference", MANTLE_ARN),
    ],
)
async def test_a_missing_permission_is_named(
    endpoint: Endpoint,
    client_options: dict[str, Any],
    request_options: dict[str, Any],
    action: str,
    resource: str,
) -> None:
    endpoint.account.allowed = (Permission(action="s3:*"),)
    error = await refusal(endpoint.client(**client_options), **request_options)
    assert (error.status_code, kind_of(error)) == (403, "AccessDeniedException")
    assert sentence_of(error) == (
        f"User: {endpoint.account.caller} is not authorized to perform: {action} on resource:"
        f" {resource} because no identity-based policy allows the {action} action"
    )
    assert error.body == {"Message": sentence_of(error)}


async def test_a_permission_on_the_model_is_enough(endpoint: Endpoint) -> None:
    endpoint.account.allowed = (
        Permission(
            action="bedrock:InvokeModel", resource="arn:aws:bedrock:*::foundation-model/openai.*"
        ),
    )
    async with endpoint.client() as client:
        assert await client.responses.create(model=MODEL, input="Hi")


async def test_a_model_that_is_not_enabled_is_refused(endpoint: Endpoint) -> None:
    endpoint.account.disabled = (MODEL,)
    error = await refusal(endpoint.client())
    assert (error.status_code, kind_of(error)) == (403, "AccessDeniedException")
    assert sentence_of(error).startswith("You don't have access to the model")


async def test_a_throttled_account_is_refused(endpoint: Endpoint) -> None:
    endpoint.account.throttled = True
    error = await refusal(endpoint.client())
    assert (error.status_code, kind_of(error)) == (429, "ThrottlingException")


async def test_errors_of_the_model_have_the_format_of_aws(endpoint: Endpoint) -> None:
    error = await refusal(endpoint.client(), "Fail with rate_limit_exceeded")
    assert (error.status_code, kind_of(error)) == (429, "ThrottlingException")
    assert error.body == {"message": "Rate limit reached for requests."}


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, "MissingAuthenticationTokenException"),
        ({"authorization": "Bearer any"}, "IncompleteSignatureException"),
    ],
)
async def test_a_request_without_a_signature_is_refused(
    endpoint: Endpoint, headers: dict[str, str], kind: str
) -> None:
    async with httpx2.AsyncClient() as client:
        address = f"{endpoint.address}{PATH}/responses"
        answer = await client.post(address, json={"model": MODEL}, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["x-amzn-errortype"].startswith(kind)


async def test_a_request_that_is_changed_on_its_way_is_refused(endpoint: Endpoint) -> None:
    def tamper(request: httpx2.Request) -> httpx2.Request:
        body = request.content.replace(b"Hi", b"Ho")
        headers = dict(request.headers)
        return httpx2.Request(request.method, request.url, headers=headers, content=body)

    class Tampering(httpx2.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            return await super().handle_async_request(tamper(request))

    client = endpoint.client().copy(http_client=httpx2.AsyncClient(transport=Tampering()))
    error = await refusal(client)
    assert kind_of(error) == "InvalidSignatureException"
    assert sentence_of(error).startswith(MISMATCH)


async def test_an_unknown_path_is_refused(endpoint: Endpoint) -> None:
    async with httpx2.AsyncClient() as client:
        answer = await client.post(f"{endpoint.address}{PATH}/nothing")
    assert answer.status_code == 404
    assert answer.headers["x-amzn-errortype"].startswith("UnknownOperationException")
