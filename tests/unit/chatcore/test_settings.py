"""Settings come from environment variables and are checked at startup."""

from typing import Any

import pytest
from pydantic import ValidationError

from chatcore.settings import CommaSeparated, Settings, SettingsError


class Example(Settings):
    table: str
    days: int = 30
    origins: CommaSeparated[str] = ()


def test_settings_come_from_variables_of_the_same_name_in_capitals() -> None:
    settings = Example.from_environ({"TABLE": "t", "DAYS": "7", "ORIGINS": "http://a, http://b"})
    assert settings == Example(table="t", days=7, origins=("http://a", "http://b"))


def test_an_empty_variable_counts_as_missing() -> None:
    assert Example.from_environ({"TABLE": "t", "DAYS": ""}).days == 30


def test_the_error_names_every_missing_or_invalid_variable_and_no_value() -> None:
    with pytest.raises(SettingsError) as raised:
        Example.from_environ({"DAYS": "hunter2"})
    assert "TABLE" in str(raised.value)
    assert "DAYS" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_settings_cannot_be_changed() -> None:
    settings: Any = Example(table="t")
    with pytest.raises(ValidationError, match="frozen"):
        settings.table = "other"
