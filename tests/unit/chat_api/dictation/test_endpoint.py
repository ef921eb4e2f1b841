"""The endpoint that transcribes is one of the listed models'."""

import pytest
from openai import AsyncOpenAI

from chat_api.dictation.endpoint import transcription_config
from chat_api.dictation.transcriber import create_transcriber
from chat_api.model.model_config import ModelConfig, ModelList, shorthand

BEDROCK = ModelConfig(name="b", provider="bedrock")
AZURE = ModelConfig(name="a", model="deployed", base_url="https://azure.example", secret="arn")
EARS = ModelConfig(name="ears", model="whisper", base_url="https://ears.example")


def test_unlisted_model_is_at_the_first_endpoint_that_can_transcribe() -> None:
    models = ModelList((BEDROCK, AZURE, EARS), unlisted=None)
    assert transcription_config(models, "whisper-1") == ModelConfig(
        name="whisper-1", base_url="https://azure.example", secret="arn"
    )


def test_listed_model_is_asked_at_its_own_endpoint_by_its_own_name() -> None:
    models = ModelList((AZURE, EARS), unlisted=None)
    assert transcription_config(models, "ears") == EARS


@pytest.mark.parametrize("names", [(), ("gpt-a",)])
def test_one_endpoint_transcribes_too(names: tuple[str, ...]) -> None:
    models = shorthand(names, base_url="https://me.example", secret="arn")
    config = transcription_config(models, "whisper-1")
    assert config
    assert (config.wire_name, config.base_url, config.secret) == (
        "whisper-1",
        "https://me.example",
        "arn",
    )


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        (ModelList((BEDROCK,), unlisted=None), "whisper-1"),
        (ModelList((BEDROCK,), unlisted=None), "b"),
        (shorthand(("gpt-a",)), None),
    ],
)
def test_without_a_model_or_an_endpoint_there_is_no_transcriber(
    listed: ModelList, name: str | None
) -> None:
    def no_client(_config: ModelConfig) -> AsyncOpenAI:
        raise AssertionError

    assert create_transcriber(listed, name, no_client) is None
