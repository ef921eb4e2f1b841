"""A model that passes its requests on to another one."""

from abc import ABC

from agents import Model
from agents.retry import ModelRetryAdvice, ModelRetryAdviceRequest

from chat_api.model.sdk_internals import supports_default_prompt_cache_key


class WrappingModel(Model, ABC):
    """Passes on what is asked of a model beside its requests."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def innermost(self) -> Model:
        """The model that sends the requests."""
        model = self._model
        return model.innermost if isinstance(model, WrappingModel) else model

    async def close(self) -> None:
        await self._model.close()

    def get_retry_advice(self, request: ModelRetryAdviceRequest) -> ModelRetryAdvice | None:
        return self._model.get_retry_advice(request)

    def _supports_default_prompt_cache_key(self) -> bool:
        return supports_default_prompt_cache_key(self.innermost)
