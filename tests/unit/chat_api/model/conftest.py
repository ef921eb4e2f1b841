"""A wrapped model over either API, with the real client and a scripted endpoint."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from agents import Model, ModelResponse, ModelSettings, ModelTracing
from openai import AsyncOpenAI

from chat_api.model.provider import create_run_config
from tests.unit.chat_api.model.endpoint import Body, Endpoint
from tests.unit.chat_api.one_endpoint import one_endpoint

UNUSED: Any = dict.fromkeys(("previous_response_id", "conversation_id", "prompt"))


@dataclass
class Asked:
    """A model's answer: its events, and the error that ended it."""

    events: list[Any] = field(default_factory=list)
    error: Exception | None = None

    def of(self, kind: str) -> list[Any]:
        """Return the events of a type."""
        return [each for each in self.events if each.type == kind]

    @property
    def text(self) -> str:
        return "".join(each.delta for each in self.of("response.output_text.delta"))

    @property
    def thought(self) -> str:
        return "".join(each.delta for each in self.of("response.reasoning_summary_text.delta"))

    @property
    def output(self) -> list[Any]:
        [end] = self.of("response.completed")
        output: list[Any] = end.response.output
        return output

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Return the name and arguments of each call in the output."""
        made = [each for each in self.output if each.type == "function_call"]
        return [(each.name, each.arguments) for each in made]

    @property
    def code(self) -> object:
        return getattr(self.error, "code", None)


class Asking:
    """Sends requests to one endpoint over one of the two APIs."""

    def __init__(self, endpoint: Endpoint, client: AsyncOpenAI, *, use_responses: bool) -> None:
        self.endpoint = endpoint
        self._use_responses = use_responses
        provider = one_endpoint(client, use_responses=use_responses)
        self._models = create_run_config(provider, Random(1)).model_provider

    async def stream(self, *answers: Body) -> Asked:
        """Return the answer to one streamed request, even if it fails."""
        self.endpoint.answers += answers
        asked = Asked()
        events = self._model().stream_response(
            None, "Hi", ModelSettings(), [], None, [], ModelTracing.DISABLED, **UNUSED
        )
        try:
            async for event in events:
                asked.events.append(event)
        except Exception as error:
            asked.error = error
        return asked

    def _model(self) -> Model:
        """Return a new model, because each one serves a single request."""
        return self._models.get_model("m")

    @property
    def api(self) -> str:
        return "responses" if self._use_responses else "chat_completions"

    async def whole(self, answer: Body) -> ModelResponse:
        """Return the answer to one request that is not streamed."""
        self.endpoint.answers.append(answer)
        return await self._model().get_response(
            None, "Hi", ModelSettings(), [], None, [], ModelTracing.DISABLED, **UNUSED
        )


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture
async def client(endpoint: Endpoint) -> AsyncIterator[AsyncOpenAI]:
    async with endpoint.http() as http:
        yield AsyncOpenAI(api_key="any", base_url="http://model/v1", http_client=http)


@pytest.fixture
def responses(endpoint: Endpoint, client: AsyncOpenAI) -> Asking:
    return Asking(endpoint, client, use_responses=True)


@pytest.fixture
def chat_completions(endpoint: Endpoint, client: AsyncOpenAI) -> Asking:
    return Asking(endpoint, client, use_responses=False)


@pytest.fixture(params=["responses", "chat_completions"])
def either(request: pytest.FixtureRequest, responses: Asking, chat_completions: Asking) -> Asking:
    """Return a client of each API in turn."""
    return responses if request.param == "responses" else chat_completions
