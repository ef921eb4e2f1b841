"""The clients of the models' endpoints: their addresses, keys and signatures."""

from typing import Any

import httpx2
import openai
import pytest

from chat_api.model.endpoints import ApiKey, Endpoints
from chat_api.model.model_config import ModelConfig


class Wire:
    """Records requests, and answers none of them."""

    def __init__(self) -> None:
        self.requests: list[httpx2.Request] = []
        self.keys = {"mine": "sk-1", "theirs": "sk-2"}

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return httpx2.Response(418, json={})

    def key_of(self, secret: str) -> ApiKey:
        async def key() -> str:
            return self.keys[secret]

        return key


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def endpoints(wire: Wire) -> Endpoints:
    return Endpoints(wire.key_of, httpx2.MockTransport(wire.answer))


async def sent(endpoints: Endpoints, wire: Wire, **config: Any) -> httpx2.Request:
    client = endpoints.client(ModelConfig(**{"name": "m"} | config))
    with pytest.raises(openai.APIStatusError):
        await client.responses.create(model="m", input="Hi")
    return wire.requests[-1]


async def test_each_endpoint_gets_its_own_key_only(endpoints: Endpoints, wire: Wire) -> None:
    request = await sent(endpoints, wire, secret="mine")
    assert request.url == "https://api.openai.com/v1/responses"
    assert request.headers["authorization"] == "Bearer sk-1"
    request = await sent(endpoints, wire, base_url="https://vllm/v1", secret="theirs")
    assert request.url == "https://vllm/v1/responses"
    assert request.headers["authorization"] == "Bearer sk-2"
    request = await sent(endpoints, wire, base_url="http://ollama/v1")
    assert request.headers["authorization"] == "Bearer none"


async def test_a_rotated_key_is_sent_with_the_next_request(
    endpoints: Endpoints, wire: Wire
) -> None:
    await sent(endpoints, wire, secret="mine")
    wire.keys["mine"] = "sk-3"
    request = await sent(endpoints, wire, secret="mine")
    assert request.headers["authorization"] == "Bearer sk-3"


def test_models_of_one_endpoint_share_its_connections(endpoints: Endpoints) -> None:
    def client(**config: Any) -> object:
        return endpoints.client(ModelConfig(**config))

    one = client(name="a", secret="mine")
    assert client(name="b", secret="mine", api="chat_completions") is one
    assert client(name="c", secret="theirs") is not one
    assert client(name="d", secret="mine", base_url="https://m/v1") is not one
    bedrock = client(name="e", provider="bedrock", region="eu-central-1")
    assert client(name="f", provider="bedrock", region="eu-central-1") is bedrock
    assert client(name="g", provider="bedrock", region="us-east-1") is not bedrock


@pytest.fixture
def role(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set what Lambda sets for the role of a function."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAROLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "role-secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "role-token")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    # A key of the operator's shell must not replace the role.
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "hunter2")


@pytest.mark.usefixtures("role")
@pytest.mark.parametrize(
    ("config", "address", "scope"),
    [
        (
            {},
            "https://bedrock-runtime.eu-central-1.amazonaws.com/openai/v1/responses",
            "/eu-central-1/bedrock/aws4_request",
        ),
        (
            {"region": "us-west-2"},
            "https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1/responses",
            "/us-west-2/bedrock/aws4_request",
        ),
        (
            {"endpoint": "mantle"},
            "https://bedrock-mantle.eu-central-1.api.aws/openai/v1/responses",
            "/eu-central-1/bedrock-mantle/aws4_request",
        ),
    ],
)
async def test_requests_to_bedrock_are_signed_with_the_functions_role(
    endpoints: Endpoints, wire: Wire, config: dict[str, str], address: str, scope: str
) -> None:
    request = await sent(endpoints, wire, provider="bedrock", **config)
    assert request.url == address
    signature = request.headers["authorization"]
    assert signature.startswith("AWS4-HMAC-SHA256 Credential=ASIAROLE/")
    assert scope in signature
    assert request.headers["x-amz-security-token"] == "role-token"
    assert "hunter2" not in str(request.headers)
