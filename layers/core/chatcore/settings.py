"""Settings: frozen models, read once from the environment at startup."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from chatcore.web.origins import AllowedOrigin


@dataclass(frozen=True)
class SettingFault:
    """What is wrong with one variable. `path` leads to a member of its JSON, such as `[0].url`."""

    name: str
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.name}{self.path}: {self.message}"


class SettingsError(Exception):
    """Settings are missing or invalid. The message names each one, and never its value."""

    def __init__(self, faults: Sequence[SettingFault]) -> None:
        super().__init__("Settings are missing or invalid: " + "; ".join(map(str, faults)))
        self.faults = tuple(faults)


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def json_list(value: object) -> object:
    """Parse the text of a JSON list, for a `BeforeValidator`. Other values stay as they are."""
    if not isinstance(value, str):
        return value
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"must be a JSON list ({error})") from None
    if not isinstance(parsed, list):
        raise ValueError("must be a JSON list")
    return parsed


type CommaSeparated[T] = Annotated[tuple[T, ...], BeforeValidator(_split)]


class Settings(BaseModel):
    """One field per environment variable of the same name in capitals.

    An empty variable counts as missing, because an empty SAM parameter sets its variable to "".
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings. Raise `SettingsError` with every missing or invalid variable."""
        names = {field: field.upper() for field in cls.model_fields}
        values = {field: environ[name] for field, name in names.items() if environ.get(name)}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise SettingsError(faults_of(error)) from None


def faults_of(error: ValidationError, *path: str) -> list[SettingFault]:
    """Return what is wrong with the settings, or with the members of the setting at this path."""
    faults = error.errors(include_input=False, include_url=False)
    return [_fault((*path, *fault["loc"]), fault["msg"]) for fault in faults]


def _fault(location: tuple[int | str, ...], message: str) -> SettingFault:
    name, *members = location
    path = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in members)
    return SettingFault(str(name).upper(), path, message.removeprefix("Value error, "))


class WebSettings(Settings):
    """Settings of every function that answers a browser."""

    allowed_origins: CommaSeparated[AllowedOrigin]
