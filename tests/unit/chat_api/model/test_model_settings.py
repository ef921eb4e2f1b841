"""The model settings of the requests to each model."""

from dataclasses import replace
from typing import Any

import pytest
from agents import ModelRetrySettings, ModelSettings
from agents.models.default_models import get_default_model_settings
from openai.types.shared import Reasoning

from chat_api.model.model_config import ModelConfig
from chat_api.model.model_settings import request_settings

NONE = ModelSettings()


def settings(own: ModelSettings = NONE, over_chat: bool = False, **config: Any) -> ModelSettings:
    return request_settings(ModelConfig(**{"name": "m"} | config), own, over_chat=over_chat)


def test_nothing_is_stored_and_usage_is_reported() -> None:
    assert (settings().store, settings().include_usage) == (False, True)


@pytest.mark.parametrize(
    ("parameter", "field"),
    [
        ("store", "store"),
        ("stream_options", "include_usage"),
        ("parallel_tool_calls", "parallel_tool_calls"),
        ("include", "response_include"),
        ("reasoning", "reasoning"),
    ],
)
def test_a_parameter_that_the_endpoint_refuses_is_left_out_even_if_the_team_sets_it(
    parameter: str, field: str
) -> None:
    own = ModelSettings(
        store=False,
        include_usage=True,
        parallel_tool_calls=True,
        response_include=["reasoning.encrypted_content"],
        reasoning=Reasoning(effort="high"),
    )
    assert getattr(settings(own, name="gpt-5.6"), field) is not None
    assert getattr(settings(own, name="gpt-5.6", omit=[parameter]), field) is None


def test_a_model_without_parallel_calls_is_asked_for_one_call_at_a_time() -> None:
    assert settings().parallel_tool_calls is None
    assert settings(parallel_tool_calls=False).parallel_tool_calls is False


@pytest.mark.parametrize(
    "name", ["gpt-5", "gpt-5.9-x", "gpt-6-mini", "o3", "o5-mini", "openai.gpt-7"]
)
def test_models_that_reason_are_asked_for_summaries_and_their_reasoning(name: str) -> None:
    asked = settings(ModelSettings(reasoning=Reasoning(effort="low")), name=name)
    assert asked.reasoning == Reasoning(effort="low", summary="auto")
    assert asked.response_include == ["reasoning.encrypted_content"]


def test_a_model_with_the_default_effort_none_is_not_asked_for_summaries() -> None:
    asked = settings(name="gpt-5.6")
    assert asked.reasoning == Reasoning(effort="none")


@pytest.mark.parametrize("name", ["gpt-4o", "gpt-5-chat-latest", "ft:gpt-4.1:acme"])
def test_models_that_do_not_reason_are_asked_for_neither_summaries_nor_reasoning(name: str) -> None:
    assert settings(name=name).reasoning is None
    assert settings(name=name).response_include is None


def test_an_unknown_model_is_asked_for_its_reasoning_but_not_for_summaries() -> None:
    assert settings().reasoning is None
    assert settings().response_include == ["reasoning.encrypted_content"]


def test_the_list_decides_whether_a_model_reasons() -> None:
    assert settings(reasoning=True).reasoning == Reasoning(summary="auto")
    off = settings(ModelSettings(reasoning=Reasoning(effort="low")), name="o3", reasoning=False)
    assert (off.reasoning, off.response_include) == (None, None)


def test_over_chat_completions_there_is_nothing_to_include_and_no_summary() -> None:
    asked = settings(name="o3", over_chat=True)
    assert (asked.reasoning, asked.response_include) == (None, None)


def test_the_name_at_the_endpoint_decides_and_not_the_name_in_the_list() -> None:
    assert settings(name="fast", model="gpt-5.6").verbosity == "low"
    assert settings(name="gpt-5.6", model="llama").verbosity is None


def test_the_teams_own_settings_take_precedence() -> None:
    own = ModelSettings(temperature=0.2, verbosity="high")
    asked = settings(own, name="gpt-5.6")
    assert (asked.temperature, asked.verbosity) == (0.2, "high")


def test_settings_that_the_sdk_gives_an_agent_are_not_its_own() -> None:
    given = get_default_model_settings()
    assert given.verbosity
    assert given.reasoning
    run = replace(given, retry=ModelRetrySettings(max_retries=2), extra_args={"user": "u"})
    asked = settings(run, name="llama")
    assert (asked.verbosity, asked.reasoning) == (None, None)
    assert (asked.retry, asked.extra_args) == (run.retry, run.extra_args)
