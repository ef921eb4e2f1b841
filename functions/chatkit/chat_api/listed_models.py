"""The models that the settings list, wherever the list is."""

from collections.abc import Callable

from pydantic import TypeAdapter, ValidationError

from chat_api.model.model_config import ModelConfigs, ModelList, shorthand
from chat_api.settings import ChatSettings
from chatcore.settings import SettingFault, SettingsError, faults_of

_CONFIGS = TypeAdapter[ModelConfigs](ModelConfigs)


def listed_models(settings: ChatSettings, read_parameter: Callable[[str], str]) -> ModelList:
    """Return the models of MODELS, of the parameter that MODELS_PARAMETER names, or of MODEL.

    Raise `SettingsError` for a parameter without a valid list, and for a TITLE_MODEL that is not
    in the list.
    """
    models = _models(settings, read_parameter)
    if settings.title_model and settings.title_model not in models.names:
        raise SettingsError([SettingFault("TITLE_MODEL", "", "must name a listed model")])
    return models


def _models(settings: ChatSettings, read_parameter: Callable[[str], str]) -> ModelList:
    if settings.models:
        return ModelList(settings.models)
    if not settings.models_parameter:
        return shorthand(settings.model, api=settings.openai_api, base_url=settings.openai_base_url)
    try:
        return ModelList(_CONFIGS.validate_python(read_parameter(settings.models_parameter)))
    except ValidationError as error:
        raise SettingsError(faults_of(error, "models_parameter")) from None
