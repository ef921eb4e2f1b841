"""A model that fails before its first token is replaced by the next one of the list."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import openai
import pytest
from agents import Agent, ModelSettings, RunConfig, Runner
from agents.exceptions import ModelBehaviorError

from chat_api.model.endpoints import ApiKey, Endpoints
from chat_api.model.model_config import ModelConfig, ModelList
from chat_api.model.outages import OUTAGE_SECONDS, Outages
from chat_api.model.output.incomplete_answer import IncompleteAnswer
from chat_api.model.provider import ListedModels, create_run_config
from chat_api.model.retry_policy import RETRIES, RetryPolicy
from tests.unit.chat_api.model_requests.endpoint import (
    COMPLETED,
    CREATED,
    DELTA,
    Answer,
    broken,
    chunk,
    failed,
    finished,
    hello,
    refused,
    sse,
    streamed,
)

SMALL = ModelConfig(name="small", context_tokens=4000)
LIST = ModelList(
    (
        ModelConfig(name="first", base_url="http://one/v1"),
        ModelConfig(name="second", model="wire", base_url="http://two/v1", api="chat_completions"),
        ModelConfig(name="third", base_url="http://three/v1"),
    )
)
OVER_CHAT = streamed(sse(chunk(), chunk("Hello!"), chunk(finish="stop")) + b"data: [DONE]\n\n")


class Hosts:
    """Endpoints by host name. Each gives its answers in turn and repeats the last one."""

    def __init__(self, **answers: list[Answer]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append((request.url.host, json.loads(request.content)))
        answers = self.answers[request.url.host]
        return (answers.pop(0) if len(answers) > 1 else answers[0])(request)

    @property
    def hosts(self) -> list[str]:
        return [host for host, _ in self.asked]


def no_secret(secret: str) -> ApiKey:
    raise AssertionError(f"asked for {secret}")


def run_config(
    hosts: Hosts, models: ModelList = LIST, *, fallback: bool = True, **policy: Any
) -> RunConfig:
    endpoints = Endpoints(no_secret, httpx2.MockTransport(hosts.answer))
    provider = ListedModels(
        models, endpoints.client, retry_policy=RetryPolicy(first_pause=0.0, **policy)
    )
    return create_run_config(provider, fallback=fallback)


async def ask(hosts: Hosts, model: str | None = "first", **options: Any) -> list[str]:
    return await ask_with(run_config(hosts, **options), model)


async def ask_with(config: RunConfig, model: str | None) -> list[str]:
    # As the server does, without the settings that the SDK would add for the first model.
    agent = Agent(name="a", model=model, model_settings=ModelSettings())
    return await finished(Runner.run_streamed(agent, "Hi", run_config=config))


FAILURES: dict[str, Callable[[], Answer]] = {
    "key refused": lambda: refused(401),
    "model not found": lambda: refused(404),
    "request refused": lambda: refused(400),
    "connection broken": lambda: broken(httpx2.ConnectError("no")),
    "failed in the stream": lambda: streamed(sse(CREATED, failed("server_error"))),
    "used up, in the stream": lambda: streamed(sse(CREATED, failed("insufficient_quota"))),
    "unreadable": lambda: streamed(b"data: {oops\n\n"),
    "empty": lambda: streamed(b""),
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_a_model_that_fails_is_replaced_by_the_next(
    failure: str, logged: list[dict[str, Any]]
) -> None:
    hosts = Hosts(one=[FAILURES[failure]()], two=[OVER_CHAT])
    assert "response.output_text.delta" in await ask(hosts)
    assert hosts.hosts[-1] == "two"
    [line] = [line for line in logged if line["message"] == "model_replaced"]
    assert (line["model"], line["replaced_by"]) == ("first", "second")


async def test_the_whole_answer_of_the_next_model_is_returned() -> None:
    body = COMPLETED["response"]
    whole: Answer = lambda _request: httpx2.Response(200, json=body)  # noqa: E731
    hosts = Hosts(one=[refused(401)], three=[whole])
    models = ModelList((LIST.configs[0], LIST.configs[2]))
    result = await Runner.run(
        Agent(name="a", model="first"), "Hi", run_config=run_config(hosts, models)
    )
    assert result.final_output == "Hello!"


async def test_each_model_has_its_own_retries() -> None:
    hosts = Hosts(one=[refused(503)], two=[refused(503)], three=[refused(503), hello()])
    await ask(hosts)
    assert hosts.hosts == ["one"] * (RETRIES + 1) + ["two"] * (RETRIES + 1) + ["three"] * 2


async def test_when_the_last_model_fails_its_error_is_raised() -> None:
    hosts = Hosts(one=[refused(401)], two=[refused(404)], three=[refused(403)])
    with pytest.raises(openai.PermissionDeniedError):
        await ask(hosts)
    assert hosts.hosts == ["one", "two", "three"]


async def test_the_models_before_the_requested_one_are_not_asked() -> None:
    hosts = Hosts(one=[hello()], two=[refused(401)], three=[hello()])
    await ask(hosts, "second")
    assert hosts.hosts == ["two", "three"]


async def test_a_request_that_names_no_model_starts_with_the_first_one() -> None:
    hosts = Hosts(one=[refused(401)], two=[OVER_CHAT])
    await ask(hosts, None)
    assert hosts.hosts == ["one", "two"]


async def test_a_model_that_has_begun_its_answer_is_not_replaced(
    logged: list[dict[str, Any]],
) -> None:
    begun = streamed(sse(CREATED, DELTA, failed("server_error")))
    hosts = Hosts(one=[begun], two=[OVER_CHAT])
    with pytest.raises(ModelBehaviorError):
        await ask(hosts)
    assert hosts.hosts == ["one"]
    assert "model_replaced" not in [line["message"] for line in logged]


@pytest.mark.parametrize(
    "refusal",
    [
        refused(400, {"error": {"code": "content_filter", "message": "no"}}),
        streamed(sse(CREATED, failed("cyber_policy"))),
        streamed(sse(CREATED, {"type": "error", "code": "content_filter", "message": "no"})),
    ],
)
async def test_a_filtered_message_is_not_sent_to_another_model_and_is_no_outage(
    refusal: Answer,
) -> None:
    hosts = Hosts(one=[refusal, hello()], two=[OVER_CHAT])
    config = run_config(hosts)
    with pytest.raises(openai.APIError):
        await ask_with(config, "first")
    await ask_with(config, "first")
    assert hosts.hosts == ["one", "one"]


async def test_a_filtered_answer_over_chat_completions_is_no_outage() -> None:
    filtered = streamed(sse(chunk(), chunk(finish="content_filter")) + b"data: [DONE]\n\n")
    hosts = Hosts(two=[filtered, OVER_CHAT], three=[hello()])
    config = run_config(hosts)
    with pytest.raises(IncompleteAnswer):
        await ask_with(config, "second")
    await ask_with(config, "second")
    assert hosts.hosts == ["two", "two"]


async def test_a_model_that_asks_for_a_long_pause_is_replaced_at_once() -> None:
    hosts = Hosts(one=[refused(429, retry_after="60")], two=[OVER_CHAT])
    await ask(hosts)
    assert hosts.hosts == ["one", "two"]


async def test_a_later_model_whose_client_cannot_be_created_does_not_fail_a_healthy_one() -> None:
    unreadable_key = ModelConfig(name="other", secret="missing")
    models = ModelList((LIST.configs[0], unreadable_key))
    hosts = Hosts(one=[hello()])
    await ask(hosts, models=models)
    assert hosts.hosts == ["one"]
    with pytest.raises(AssertionError, match="asked for missing"):
        await ask(hosts, "other", models=models)


async def test_a_skipped_model_is_logged(logged: list[dict[str, Any]]) -> None:
    hosts = Hosts(one=[refused(401)], two=[OVER_CHAT])
    config = run_config(hosts)
    await ask_with(config, "first")
    await ask_with(config, "first")
    [line] = [line for line in logged if line["message"] == "model_skipped"]
    assert (line["model"], line["replaced_by"]) == ("first", "second")


async def test_a_model_that_has_just_failed_is_skipped() -> None:
    hosts = Hosts(one=[refused(401)], two=[OVER_CHAT])
    config = run_config(hosts)
    await ask_with(config, "first")
    await ask_with(config, "first")
    assert hosts.hosts == ["one", "two", "two"]


async def test_a_model_that_refused_one_request_is_asked_the_next_one() -> None:
    hosts = Hosts(one=[refused(422), hello()], two=[OVER_CHAT])
    config = run_config(hosts)
    await ask_with(config, "first")
    await ask_with(config, "first")
    assert hosts.hosts == ["one", "two", "one"]


async def test_models_that_have_all_just_failed_are_asked_again() -> None:
    hosts = Hosts(one=[refused(401)], two=[refused(401)], three=[refused(401)])
    config = run_config(hosts)
    for _ in range(2):
        with pytest.raises(openai.AuthenticationError):
            await ask_with(config, "first")
    assert hosts.hosts == ["one", "two", "three"] * 2


def test_an_outage_ends_after_a_minute() -> None:
    now = 0.0
    outages = Outages(lambda: now)
    outages.note("m")
    assert outages.has("m")
    now = OUTAGE_SECONDS
    assert not outages.has("m")


async def test_without_the_setting_no_model_is_replaced() -> None:
    hosts = Hosts(one=[refused(401)], two=[OVER_CHAT])
    with pytest.raises(openai.AuthenticationError):
        await ask(hosts, fallback=False)
    assert hosts.hosts == ["one"]


async def test_each_model_is_asked_by_its_own_name_with_its_own_settings() -> None:
    models = ModelList(
        (
            ModelConfig(name="gpt-5.6", base_url="http://one/v1"),
            ModelConfig(name="plain", model="llama-4", base_url="http://three/v1", reasoning=False),
        )
    )
    hosts = Hosts(one=[refused(401)], three=[hello()])
    await ask(hosts, "gpt-5.6", models=models)
    [(_, first), (_, second)] = hosts.asked
    assert (first["model"], second["model"]) == ("gpt-5.6", "llama-4")
    assert {"reasoning", "text", "include"} <= first.keys()
    assert {"reasoning", "text", "include"}.isdisjoint(second)


async def test_a_replacement_model_gets_only_the_history_that_fits_its_window() -> None:
    models = ModelList((LIST.configs[0], SMALL.model_copy(update={"base_url": "http://three/v1"})))
    hosts = Hosts(one=[refused(401)], three=[hello()])
    given: Any = []
    for number in range(20):
        given += [
            {"role": "user", "content": f"question {number} " + "x" * 400},
            {"role": "assistant", "content": "y" * 400},
        ]
    given.append({"role": "user", "content": "And now?"})
    agent = Agent(name="a", model="first")
    config = run_config(hosts, models)
    await finished(Runner.run_streamed(agent, given, run_config=config))
    [(_, first), (_, second)] = hosts.asked
    assert len(first["input"]) == len(given)
    assert 0 < len(second["input"]) < len(given)
    assert second["input"][-1] == given[-1]
    assert len(json.dumps(second["input"])) < 6_000
