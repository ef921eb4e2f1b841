"""The clients of the models' endpoints, each created when one of its models is first used."""

from collections.abc import Awaitable, Callable

import httpx2
from openai import AsyncOpenAI, DefaultAsyncHttpxClient
from openai.providers.bedrock import bedrock

from chat_api.model.exchange import note_response
from chat_api.model.model_config import ModelConfig
from chat_api.model.retry_policy import SILENCE_SECONDS

OPENAI = "https://api.openai.com/v1"
# Connecting has a shorter timeout, so that a dead address is noticed sooner than a silent model.
TIMEOUT = httpx2.Timeout(SILENCE_SECONDS, connect=5.0)

# Sent to an endpoint that needs no key, because the client demands a value.
NO_KEY = "none"
# Returns the key to send. It is called before each request, so a rotated key takes effect.
type ApiKey = Callable[[], Awaitable[str]]


class Endpoints:
    """One client for each endpoint and credential. The clients retry nothing themselves."""

    def __init__(
        self,
        key_of: Callable[[str], ApiKey],
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """`key_of` returns the `ApiKey` that reads a named secret."""
        self._key_of = key_of
        self._transport = transport
        self._clients: dict[tuple[str | None, ...], AsyncOpenAI] = {}

    def client(self, config: ModelConfig) -> AsyncOpenAI:
        """Return the client of a model's endpoint."""
        # Two models whose values here are equal share a client.
        key = (config.provider, config.endpoint, config.region, config.base_url, config.secret)
        if key not in self._clients:
            self._clients[key] = self._create(config)
        return self._clients[key]

    def _create(self, config: ModelConfig) -> AsyncOpenAI:
        if config.provider == "bedrock":
            return _bedrock_client(config, self._transport)
        key = self._key_of(config.secret) if config.secret else NO_KEY
        return create_client(config.base_url or OPENAI, key, self._transport)


def create_client(
    base_url: str, api_key: str | ApiKey, transport: httpx2.AsyncBaseTransport | None = None
) -> AsyncOpenAI:
    """Return a client of an OpenAI-compatible endpoint."""
    return AsyncOpenAI(
        api_key=api_key,
        base_url=base_url,
        timeout=TIMEOUT,
        max_retries=0,
        http_client=_http_client(transport),
    )


def _bedrock_client(
    config: ModelConfig, transport: httpx2.AsyncBaseTransport | None
) -> AsyncOpenAI:
    """Return a client of Amazon Bedrock, whose requests are signed with the function's role."""
    provider = bedrock(
        endpoint=config.endpoint,
        region=config.region,
        # Otherwise a key in AWS_BEARER_TOKEN_BEDROCK would replace the role.
        api_key=None,
    )
    return AsyncOpenAI(
        provider=provider, timeout=TIMEOUT, max_retries=0, http_client=_http_client(transport)
    )


def _http_client(transport: httpx2.AsyncBaseTransport | None) -> httpx2.AsyncClient:
    return DefaultAsyncHttpxClient(
        timeout=TIMEOUT, transport=transport, event_hooks={"response": [note_response]}
    )
