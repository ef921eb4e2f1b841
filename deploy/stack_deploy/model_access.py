"""Access to the planned models: OpenAI's key, or the chat function's role for Amazon Bedrock."""

from urllib.parse import urlsplit

from chat_api.model.model_config import ModelConfig, ModelList
from stack_deploy.planned_values import PlannedValues

KEY, ENDPOINTS = "OpenAIApiKey", "BedrockEndpoints"
NO_KEY = "none"
_ACTIONS = {
    "runtime": ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"),
    "mantle": (
        "bedrock-mantle:CreateInference",
        "bedrock-mantle:GetProject",
        "bedrock-mantle:ListProjects",
    ),
}


def key_fault(models: ModelList, planned: PlannedValues) -> str | None:
    """Return why OpenAI's key is required, or None if there is one or no model needs it.

    Another endpoint may accept requests without a key.
    """
    if planned[KEY] != NO_KEY:
        return None
    for config in models.configs or (models.config(None),):
        if is_at_openai(config) and not config.secret:
            user = config.name if models.configs else "the default model"
            return f"{planned.variable(KEY)} is missing: {user} is at OpenAI, which asks for a key."
    return None


def bedrock_endpoints(models: ModelList) -> str:
    """Return the value of BedrockEndpoints for these models."""
    used = {config.endpoint for config in models.configs if config.provider == "bedrock"}
    return "both" if len(used) > 1 else next(iter(used), "none")


def endpoints_fault(models: ModelList, planned: PlannedValues) -> str | None:
    """Return why a value that was set for BedrockEndpoints is refused, or None."""
    needed = bedrock_endpoints(models)
    if planned[ENDPOINTS] == needed or ENDPOINTS not in planned.given:
        return None
    return planned.refused(ENDPOINTS, f"must be {needed}, as the models need, or left out")


def bedrock_notices(models: ModelList, region: str) -> list[str]:
    """Return what Amazon Bedrock needs in the account, if a model is there."""
    there = [config for config in models.configs if config.provider == "bedrock"]
    if not there:
        return []
    used = {f"{config.wire_name} in {config.region or region}": None for config in there}
    actions = {each: None for config in there for each in _ACTIONS[config.endpoint]}
    return [
        f"Amazon Bedrock: your account needs access to {', '.join(used)} (Model access in the"
        " Bedrock console of that region).",
        "The chat function's role signs requests there, without a key, and gains"
        f" {', '.join(actions)}.",
    ]


def is_at_openai(config: ModelConfig) -> bool:
    """Return whether OpenAI itself hosts a model, at its usual address or another of its own."""
    if config.provider != "openai":
        return False
    host = urlsplit(config.base_url or "https://api.openai.com").hostname or ""
    # A host for a single region is, for example, eu.api.openai.com.
    return host == "api.openai.com" or host.endswith(".api.openai.com")
