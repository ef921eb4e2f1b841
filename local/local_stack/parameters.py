"""The template's parameters for a local run."""

import shlex
from collections.abc import Mapping
from urllib.parse import urlsplit

from local_stack.errors import StackError
from local_stack.login import LocalLogin

# The developer's environment variable → the template's parameter.
_OF_ANY_MODEL = {"MODEL": "Model", "OPENAI_API": "OpenAIApi"}
_OF_A_REAL_MODEL = {"OPENAI_API_KEY": "OpenAIApiKey", "OPENAI_BASE_URL": "OpenAIBaseUrl"}


# A model server on the same machine often needs no key, but the template requires one.
_NO_KEY = {"OpenAIApiKey": "none"}


def has_real_model(environment: Mapping[str, str]) -> bool:
    """Return whether the developer named a key or an endpoint, so that no stand-in is needed."""
    return any(environment.get(name) for name in _OF_A_REAL_MODEL)


def model_in_use(environment: Mapping[str, str]) -> str:
    """Return which model answers, as text for the developer, without a password in its address."""
    if not has_real_model(environment):
        return "scripted assistant"
    address = urlsplit(environment.get("OPENAI_BASE_URL") or "https://api.openai.com/v1")
    shown = address._replace(netloc=address.netloc.rpartition("@")[2], query="").geturl()
    return f"{shown} ({environment.get('MODEL') or 'the default of the Agents SDK'})"


def parameters(
    environment: Mapping[str, str], port: int, login: LocalLogin, model_address: str
) -> dict[str, str]:
    """Return the parameters' values; `model_address` is that of the scripted model.

    The variable PARAMETERS may set any of them. Raise StackError when it cannot be read.
    """
    real = has_real_model(environment)
    passed_on = _OF_ANY_MODEL | (_OF_A_REAL_MODEL if real else {})
    stand_in = {"OpenAIApiKey": "scripted", "OpenAIBaseUrl": f"{model_address}/v1"}
    return {
        "AllowedOrigins": f"http://127.0.0.1:{port},http://localhost:{port}",
        "IdentityIssuer": login.issuer,
        "IdentityAudience": login.audience,
        "IdentitySharedSecret": login.secret,
        "McpAudience": f"http://127.0.0.1:{port}/mcp",
        **(_NO_KEY if real else stand_in),
        **{passed_on[name]: environment[name] for name in passed_on if environment.get(name)},
        **_named(environment.get("PARAMETERS", "")),
    }


def allowed_origins(given: Mapping[str, str]) -> list[str]:
    """Return the origins of the pages that may use the stack."""
    return given["AllowedOrigins"].split(",")


def _named(overrides: str) -> dict[str, str]:
    """Parse Name=value pairs, quoted as in a shell, like `sam`'s --parameter-overrides."""
    pairs = [pair.partition("=") for pair in shlex.split(overrides)]
    if not all(name and equals for name, equals, _ in pairs):
        raise StackError('Write PARAMETERS as "Name=value Name=value".')
    return {name: value for name, _, value in pairs}
