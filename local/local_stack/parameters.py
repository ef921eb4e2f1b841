"""The template's parameters on a laptop."""

import shlex
from collections.abc import Mapping
from urllib.parse import urlsplit

from local_stack.errors import StackError
from local_stack.login import LocalLogin

# Environment variable of the person who starts the stack → parameter of the template.
_OF_ANY_MODEL = {"MODEL": "Model", "OPENAI_API": "OpenAIApi"}
_OF_A_REAL_MODEL = {"OPENAI_API_KEY": "OpenAIApiKey", "OPENAI_BASE_URL": "OpenAIBaseUrl"}


# A model's server on the same machine often asks for no key; the template asks for one.
_NO_KEY = {"OpenAIApiKey": "none"}


def has_real_model(environment: Mapping[str, str]) -> bool:
    """Whether the person named a key or an endpoint: then nothing stands in for the model's."""
    return any(environment.get(name) for name in _OF_A_REAL_MODEL)


def model_in_use(environment: Mapping[str, str]) -> str:
    """What answers, for the person who starts the stack; without a password in its address."""
    if not has_real_model(environment):
        return "scripted assistant"
    address = urlsplit(environment.get("OPENAI_BASE_URL") or "https://api.openai.com/v1")
    shown = address._replace(netloc=address.netloc.rpartition("@")[2], query="").geturl()
    return f"{shown} ({environment.get('MODEL') or 'the default of the Agents SDK'})"


def parameters(
    environment: Mapping[str, str], port: int, login: LocalLogin, model_address: str
) -> dict[str, str]:
    """The parameters' values; `model_address` is the scripted model's, the stand-in.

    Raises StackError when PARAMETERS, which may name any of them, cannot be read.
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
    """The origins of the pages that may use the stack, among the given parameters."""
    return given["AllowedOrigins"].split(",")


def _named(overrides: str) -> dict[str, str]:
    """Name=value pairs, quoted as in a shell, like `sam`'s --parameter-overrides."""
    pairs = [pair.partition("=") for pair in shlex.split(overrides)]
    if not all(name and equals for name, equals, _ in pairs):
        raise StackError('PARAMETERS: write them as "Name=value Name=value".')
    return {name: value for name, _, value in pairs}
