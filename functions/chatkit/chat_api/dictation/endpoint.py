"""Which endpoint transcribes recordings."""

from chat_api.model.model_config import ModelConfig, ModelList


def transcription_config(models: ModelList, name: str | None) -> ModelConfig | None:
    """Return the model of this name and its endpoint, or None if there is none.

    A name that is not in the list belongs to the endpoint of the first listed model that is not on
    Amazon Bedrock, which transcribes nothing through OpenAI's API. So a model that only transcribes
    need not be in the list of those that answer.
    """
    if not name:
        return None
    everyone = (*models.configs, *([models.unlisted] if models.unlisted else []))
    able = [config for config in everyone if config.provider != "bedrock"]
    listed = next((config for config in able if config.name == name), None)
    if listed or not able:
        return listed
    # What is known of the other model, such as its name at the endpoint, says nothing about this.
    return ModelConfig(name=name, base_url=able[0].base_url, secret=able[0].secret)
