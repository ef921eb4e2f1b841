"""The template's parameters for a local run."""

import json
import re
import shlex
from collections.abc import Mapping

from local_stack.errors import StackError
from local_stack.login import LocalLogin
from local_stack.models_parameter import ModelsParameter, without_password

# The developer's environment variable → the template's parameter.
_ANY_MODEL = {
    "MODEL": "Model",
    "OPENAI_API": "OpenAIApi",
    "TRANSCRIPTION_MODEL": "TranscriptionModel",
}
_REAL_MODEL = {"OPENAI_API_KEY": "OpenAIApiKey", "OPENAI_BASE_URL": "OpenAIBaseUrl"}
# A model server on the same machine often needs no key.
_NO_KEY = {"OpenAIApiKey": "none"}
_JSON_VALUE = re.compile(r"(?:^|(?<=\s))\w+=(?=[\[{])")


def needs_scripted_model(environment: Mapping[str, str]) -> bool:
    """Return whether the scripted model answers for any of the models. Raise StackError."""
    listed = _listed(environment)
    return listed.needs_stand_in if listed else not _has_real_model(environment)


def model_in_use(environment: Mapping[str, str]) -> str:
    """Return which model answers, as text for the developer, without a password in its address.

    Raise StackError when the variable PARAMETERS cannot be read.
    """
    if listed := _listed(environment):
        return str(listed)
    if not _has_real_model(environment):
        return "scripted assistant"
    shown = without_password(environment.get("OPENAI_BASE_URL") or "https://api.openai.com/v1")
    return f"{shown} ({environment.get('MODEL') or 'the default of the Agents SDK'})"


def parameters(
    environment: Mapping[str, str], port: int, login: LocalLogin, model_address: str
) -> dict[str, str]:
    """Return the parameters' values; `model_address` is that of the scripted model.

    The variable PARAMETERS may set any of them. Raise StackError when it cannot be read.
    """
    listed = _listed(environment)
    scripted = f"{model_address}/v1"
    return {
        "AllowedOrigins": f"http://127.0.0.1:{port},http://localhost:{port}",
        "IdentityIssuer": login.issuer,
        "IdentityAudience": login.audience,
        "IdentitySharedSecret": login.secret,
        "McpAudience": f"http://127.0.0.1:{port}/mcp",
        **({} if listed else _of_one_model(environment, scripted)),
        **named_parameters(environment),
        **(listed.parameters(scripted) if listed else {}),
    }


def allowed_origins(given: Mapping[str, str]) -> list[str]:
    """Return the origins of the pages that may use the stack."""
    return given["AllowedOrigins"].split(",")


def named_parameters(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the Name=value pairs of PARAMETERS. Raise StackError when it cannot be read.

    Values are quoted as in a shell, like those of `sam`'s --parameter-overrides. JSON needs no
    quotes.
    """
    words = shlex.split(_quoted(environment.get("PARAMETERS", "")))
    pairs = [word.partition("=") for word in words]
    if not all(name and equals for name, equals, _ in pairs):
        raise StackError('Write PARAMETERS as "Name=value Name=value".')
    return {name: value for name, _, value in pairs}


def _has_real_model(environment: Mapping[str, str]) -> bool:
    """Return whether the developer named a key or an endpoint, so that no stand-in is needed."""
    return any(environment.get(name) for name in _REAL_MODEL)


def _listed(environment: Mapping[str, str]) -> ModelsParameter | None:
    """Return the models that PARAMETERS lists, or None without a list."""
    text = named_parameters(environment).get("Models")
    return ModelsParameter(text, environment) if text else None


def _of_one_model(environment: Mapping[str, str], scripted: str) -> dict[str, str]:
    real = _has_real_model(environment)
    passed_on = _ANY_MODEL | (_REAL_MODEL if real else {})
    # The scripted assistant draws at no cost.
    stand_in = {
        "OpenAIApiKey": "scripted",
        "OpenAIBaseUrl": scripted,
        "ImageGeneration": "true",
        "TranscriptionModel": "scripted-transcription",
    }
    given = {passed_on[name]: environment[name] for name in passed_on if environment.get(name)}
    return {**(_NO_KEY if real else stand_in), **given}


def _quoted(overrides: str) -> str:
    """Quote each value that is JSON, whose own quotes a shell would remove."""
    done, rest = "", overrides
    while found := _JSON_VALUE.search(rest):
        start = rest[found.end() :]
        try:
            _, length = json.JSONDecoder().raw_decode(start)
        except ValueError:
            length = 0
        done += rest[: found.end()] + (shlex.quote(start[:length]) if length else "")
        rest = start[length:]
    return done + rest
