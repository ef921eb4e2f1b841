"""Encrypted reasoning: which models are asked for it, and what happens when one refuses."""

import re
from dataclasses import replace

import openai

from chat_api.model.model_request import ModelRequest
from chatcore.logs import logger

# "Encrypted content is not supported with this model", or a name of the parameter.
_REFUSAL = re.compile(r"encrypted|\binclude\b", re.IGNORECASE)


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
