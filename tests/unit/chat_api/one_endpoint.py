"""A provider of models that share one client and one API."""

from openai import AsyncOpenAI

from chat_api.model.model_config import shorthand
from chat_api.model.provider import ListedModels
from chat_api.model.retry_policy import RetryPolicy


def one_endpoint(
    client: AsyncOpenAI, *, use_responses: bool, retry_policy: RetryPolicy | None = None
) -> ListedModels:
    """Return a provider whose every model is asked with this client."""
    models = shorthand((), api="responses" if use_responses else "chat_completions")
    return ListedModels(models, lambda _config: client, retry_policy=retry_policy)
