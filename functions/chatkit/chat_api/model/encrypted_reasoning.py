"""Encrypted reasoning: which models are asked for it, and what happens when one refuses."""

import re
from dataclasses import replace

import openai
from agents import ModelSettings

from chat_api.model.model_request import ModelRequest
from chatcore.logs import logger

# An endpoint that keeps nothing (`store=False`) takes reasoning back only with its content.
ENCRYPTED_REASONING = ModelSettings(response_include=["reasoning.encrypted_content"])
# OpenAI answers 400 for its models from before all of them reasoned, and for the chat models of
# the 5 series; no new ones of either come. The prefixes are those of fine-tuned models and of
# Bedrock.
_WITHOUT_REASONING = re.compile(
    r"(ft:|openai[./])?(gpt-3\.5|gpt-4|chatgpt-4o|gpt-5(\.\d+)?-chat)", re.IGNORECASE
)
# "Encrypted content is not supported with this model", or a name of the parameter.
_REFUSAL = re.compile(r"encrypted|\binclude\b", re.IGNORECASE)


def may_reason(model: str) -> bool:
    """Return whether a model may reason. Every model may that is not known to be without."""
    return _WITHOUT_REASONING.match(model) is None


class EncryptedReasoning:
    """Asks a model for encrypted reasoning where its API has it, until its endpoint refuses.

    Older servers do not know the parameter, and a deployment's own name does not say which model
    is behind it. `refused` holds the names of the models that refused, for the whole process.
    """

    def __init__(self, model: str, refused: set[str], *, supported: bool) -> None:
        self._model = model
        self._refused = refused
        self._supported = supported

    def allowed(self, request: ModelRequest) -> ModelRequest:
        """Return the request, without asking for reasoning that the endpoint does not encrypt."""
        settings = request.model_settings
        allowed = self._supported and self._model not in self._refused
        if allowed or not settings.response_include:
            return request
        return replace(request, model_settings=replace(settings, response_include=None))

    def without(self, request: ModelRequest, error: openai.APIStatusError) -> ModelRequest:
        """Return a request that was refused over encrypted reasoning, without asking for it.

        Raise the error if it is about something else.
        """
        asked = request.model_settings.response_include
        is_refusal = _REFUSAL.search(f"{error.param} {error}")
        if not asked or error.status_code not in (400, 422) or not is_refusal:
            raise error
        self._refused.add(self._model)
        logger.warning("reasoning_refused", model=self._model)
        return self.allowed(request)
