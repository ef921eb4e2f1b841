"""The template's parameters on a laptop."""

from collections.abc import Mapping

from local_stack.login import Login

# Environment variable of the person who starts the stack → parameter of the template.
_OF_ANY_MODEL = {"MODEL": "Model", "OPENAI_API": "OpenAIApi"}
_OF_A_REAL_MODEL = {"OPENAI_API_KEY": "OpenAIApiKey", "OPENAI_BASE_URL": "OpenAIBaseUrl"}


def has_real_model(environment: Mapping[str, str]) -> bool:
    """Whether the person brought a key: then nothing stands in for the model's endpoint."""
    return bool(environment.get("OPENAI_API_KEY"))


def parameters(
    environment: Mapping[str, str], port: int, login: Login, model_address: str
) -> dict[str, str]:
    """The parameters' values; `model_address` is the scripted model's, used without a key."""
    real = has_real_model(environment)
    passed_on = _OF_ANY_MODEL | (_OF_A_REAL_MODEL if real else {})
    stand_in = {"OpenAIApiKey": "scripted", "OpenAIBaseUrl": f"{model_address}/v1"}
    return {
        "AllowedOrigins": f"http://127.0.0.1:{port},http://localhost:{port}",
        "IdentityIssuer": login.issuer,
        "IdentityAudience": login.audience,
        "IdentitySharedSecret": login.secret,
        **({} if real else stand_in),
        **{passed_on[name]: environment[name] for name in passed_on if environment.get(name)},
    }
