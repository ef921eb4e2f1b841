"""The models come from one of three settings."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from chat_api.listed_models import listed_models
from chat_api.model.model_config import ModelList, UnlistedModel
from chat_api.settings import ChatSettings
from chatcore.aws import AwsClients
from chatcore.settings import SettingsError
from tests.unit.chat_api.test_model_choice import NEEDED

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

type StoreList = Callable[[str], Callable[[], "SSMClient"]]


def settings(**given: str) -> ChatSettings:
    named = {name.upper(): each for name, each in NEEDED.items()}
    return ChatSettings.from_environ(named | {name.upper(): each for name, each in given.items()})


def no_ssm() -> "SSMClient":
    raise AssertionError("SSM is not needed")


def models(**given: str) -> ModelList:
    return listed_models(settings(**given), no_ssm)


@pytest.fixture
def store_list(aws: None) -> StoreList:
    """Return a function that stores a list in SSM and returns a factory of the client."""

    def store(text: str) -> Callable[[], "SSMClient"]:
        clients = AwsClients()
        clients.ssm.put_parameter(Name="/chat/models", Value=text, Type="String")
        return lambda: clients.ssm

    return store


def test_model_is_shorthand_for_a_list_at_one_endpoint() -> None:
    listed = models(model="a, b", openai_api="chat_completions", openai_base_url="http://m/v1")
    assert listed.names == ("a", "b")
    assert listed.default == "a"
    for config in (*listed.configs, listed.config("another")):
        assert (config.api, config.base_url) == ("chat_completions", "http://m/v1")


def test_the_services_key_goes_to_openai_and_with_the_shorthand_to_its_endpoint() -> None:
    key = NEEDED["openai_secret_arn"]
    assert models(model="a", openai_base_url="http://m/v1").config("a").secret == key
    listed = models(
        models='[{"name": "openai"}, {"name": "other", "base_url": "http://m/v1"},'
        ' {"name": "own", "secret": "chat/models/own"}, {"name": "aws", "provider": "bedrock"}]'
    )
    assert [each.secret for each in listed.configs] == [key, None, "chat/models/own", None]


def test_without_any_setting_the_agent_names_its_model() -> None:
    assert models().names == ()
    assert models().config("own").wire_name == "own"


def test_models_describes_each_model() -> None:
    listed = models(
        models='[{"name": "fast", "model": "gpt-5.6-luna"},'
        ' {"name": "oss", "model": "openai.gpt-oss-120b", "provider": "bedrock"}]'
    )
    assert listed.names == ("fast", "oss")
    assert listed.config(None).wire_name == "gpt-5.6-luna"
    assert listed.config("oss").provider == "bedrock"


def test_a_long_list_is_read_from_its_parameter(store_list: StoreList) -> None:
    ssm = store_list('[{"name": "a"}, {"name": "b"}]')
    assert listed_models(settings(models_parameter="/chat/models"), ssm).names == ("a", "b")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[oops", ""),
        ("{}", ""),
        ("[]", ""),
        ("[" * 100_000, ""),
        ('[{"name": "a"}, {"name": ""}]', "[1].name"),
        ("[{}]", "[0].name"),
    ],
)
def test_a_parameter_without_a_valid_list_is_refused(
    store_list: StoreList, text: str, path: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        listed_models(settings(models_parameter="/chat/models"), store_list(text))
    [fault] = refused.value.faults
    assert (fault.name, fault.path) == ("MODELS_PARAMETER", path)


def test_a_model_that_is_not_in_the_list_is_refused() -> None:
    listed = models(models='[{"name": "aws", "provider": "bedrock"}]')
    with pytest.raises(UnlistedModel):
        listed.config("gpt-4.1-mini")


@pytest.mark.parametrize(
    "shorthand",
    [{"model": "a"}, {"openai_api": "chat_completions"}, {"openai_base_url": "http://m/v1"}],
)
@pytest.mark.parametrize("lists", [{"models": '[{"name": "a"}]'}, {"models_parameter": "p"}])
def test_a_list_and_its_shorthand_together_are_refused(
    shorthand: dict[str, str], lists: dict[str, str]
) -> None:
    with pytest.raises(SettingsError, match="cannot be combined with MODEL, OPENAI_API or"):
        settings(**shorthand, **lists)


def test_two_lists_are_refused() -> None:
    with pytest.raises(SettingsError, match="cannot be combined with MODELS"):
        settings(models='[{"name": "a"}]', models_parameter="p")


def test_titles_may_come_only_from_a_listed_model() -> None:
    assert models(model="a,b", title_model="b").names == ("a", "b")
    with pytest.raises(SettingsError, match="TITLE_MODEL: must name a listed model"):
        models(model="a", title_model="b")


@pytest.mark.parametrize(
    ("entry", "path", "message"),
    [
        ('"name": "a", "provider": "azure"', "[0].provider", "openai"),
        ('"name": "a", "price": 3', "[0].price", "not permitted"),
        ('"name": "a", "provider": "bedrock", "secret": "s"', "[0]", "must not have secret"),
        ('"name": "a", "region": "eu-central-1"', "[0]", "must not have region"),
        ('"name": "a", "base_url": "ftp://m"', "[0].base_url", "must be an http"),
        ('"name": "a", "base_url": "http://m/v1?key=x"', "[0].base_url", "must be an http"),
        ('"name": "a", "base_url": "http://me:pw@m/v1"', "[0].base_url", "must be an http"),
        ('"name": "a", "omit": ["tools"]', "[0].omit[0]", "store"),
        ('"name": "a", "context_tokens": 100', "[0].context_tokens", "4000"),
        ('"name": "a"}, {"name": "a"', "", "a name of its own"),
        ('"name": "a "', "[0].name", "match"),
        ('"name": "a", "base_url": "https://:pw@m/v1"', "[0].base_url", "must be an http"),
        ('"name": "a", "base_url": "http://m.example/v1", "secret": "s"', "[0]", "https://"),
        ('"name": "a", "api": "chat_completions", "omit": ["store"]', "[0]", "omit store"),
    ],
)
def test_a_faulty_entry_is_named_with_its_path(entry: str, path: str, message: str) -> None:
    with pytest.raises(SettingsError) as refused:
        models(models=f"[{{{entry}}}]")
    [fault] = refused.value.faults
    assert (fault.name, fault.path) == ("MODELS", path)
    assert message in fault.message


@pytest.mark.parametrize(
    ("window", "tokens"), [(None, 64_000), (16_000, 4_000), (1_000_000, 64_000)]
)
def test_earlier_turns_take_at_most_a_quarter_of_the_window(
    window: int | None, tokens: int
) -> None:
    given: Any = {"name": "a"} | ({"context_tokens": window} if window else {})
    listed = models(models=str([given]).replace("'", '"'))
    assert listed.config("a").history_tokens(64_000) == tokens
