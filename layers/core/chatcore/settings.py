"""Settings: frozen models read once, at start, from the environment."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError


class SettingsError(Exception):
    """The environment lacks settings or holds bad ones; the message names each, never a value."""


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


CommaSeparated = Annotated[tuple[str, ...], BeforeValidator(_split)]


class Settings(BaseModel):
    """One field per environment variable of the same name in capitals.

    An empty variable counts as missing: a SAM parameter that is left empty arrives so.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings, or raise `SettingsError` that lists every missing or bad name."""
        names = {field: field.upper() for field in cls.model_fields}
        values = {field: environ[name] for field, name in names.items() if environ.get(name)}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            faults = [
                f"{names.get(str(fault['loc'][0]), fault['loc'][0])}: {fault['msg']}"
                for fault in error.errors(include_input=False, include_url=False)
            ]
            raise SettingsError("Settings are missing or bad: " + "; ".join(faults)) from None


class WebSettings(Settings):
    """What every function that answers a browser needs."""

    allowed_origins: CommaSeparated
