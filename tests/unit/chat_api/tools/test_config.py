"""Which values of the setting `TOOL_SERVERS` are accepted."""

import json

import pytest

from chat_api.tools.config import ToolServerConfigs
from chatcore.settings import Settings, SettingsError

WEATHER = {"name": "weather", "url": "https://weather.example.com/mcp"}


class ExampleSettings(Settings):
    tool_servers: ToolServerConfigs = ()


def test_one_setting_defines_several_servers_with_their_audiences() -> None:
    several = [
        WEATHER | {"secret": "chatkit/tools/weather", "audience": "weather-api"},
        {"name": "local", "url": "http://127.0.0.1:9000/mcp"},
    ]
    taken = ExampleSettings.from_environ({"TOOL_SERVERS": json.dumps(several)}).tool_servers
    assert [each.model_dump(exclude_unset=True) for each in taken] == several


def test_an_empty_setting_defines_no_servers() -> None:
    assert ExampleSettings.from_environ({"TOOL_SERVERS": ""}).tool_servers == ()


@pytest.mark.parametrize(
    "setting",
    [
        "rubbish",
        "{}",
        json.dumps([WEATHER | {"url": "http://weather.example.com/mcp"}]),
        json.dumps([WEATHER | {"url": "https://user:pass@weather.example.com/mcp"}]),
        json.dumps([WEATHER | {"url": "ftp://weather.example.com"}]),
        json.dumps([WEATHER | {"name": "My Weather"}]),
        json.dumps([WEATHER | {"name": "a__b"}]),
        json.dumps([WEATHER | {"audience": "weather-api"}]),
        json.dumps([WEATHER | {"token": "hunter2"}]),
        json.dumps([WEATHER | {"approval": "sometimes"}]),
        json.dumps([{"name": "weather"}]),
        json.dumps([WEATHER, WEATHER]),
    ],
)
def test_an_invalid_setting_is_refused_without_quoting_it(setting: str) -> None:
    with pytest.raises(SettingsError) as refused:
        ExampleSettings.from_environ({"TOOL_SERVERS": setting})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("servers", "path", "message"),
    [
        ("[oops", "", "must be a JSON list (Expecting value: line 1 column 2 (char 1))"),
        ("{}", "", "must be a JSON list"),
        (
            json.dumps([WEATHER, WEATHER | {"name": "My Weather"}]),
            "[1].name",
            "must be 1 to 20 lowercase letters and digits, and begin with a letter",
        ),
        (
            json.dumps([WEATHER | {"audience": "weather-api"}]),
            "[0]",
            "must have a secret that signs for its audience",
        ),
    ],
)
def test_a_refusal_names_the_field_and_what_is_expected(
    servers: str, path: str, message: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        ExampleSettings.from_environ({"TOOL_SERVERS": servers})
    [fault] = refused.value.faults
    assert (fault.name, fault.path, fault.message) == ("TOOL_SERVERS", path, message)
