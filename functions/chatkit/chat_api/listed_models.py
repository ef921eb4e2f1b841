"""Reads the list of models from the settings, or from the parameter that they name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from chat_api.model.model_config import ModelConfigs, ModelList, shorthand
from chat_api.settings import ChatSettings
from chatcore.settings import SettingFault, SettingsError, faults_of

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

_CONFIGS = TypeAdapter[ModelConfigs](ModelConfigs)


def listed_models(settings: ChatSettings, ssm: Callable[[], SSMClient]) -> ModelList:
    """Return the models of MODELS, of the parameter that MODELS_PARAMETER names, or of MODEL.

    Raise `SettingsError` for a parameter without a valid list, and for a TITLE_MODEL that is not
    in the list.
    """
    models = _models(settings, ssm)
    if settings.title_model and settings.title_model not in models.names:
        raise SettingsError([SettingFault("TITLE_MODEL", "", "must name a listed model")])
    return models


def _models(settings: ChatSettings, ssm: Callable[[], SSMClient]) -> ModelList:
    key = settings.openai_secret_arn
    configs = settings.models
    if settings.models_parameter:
        stored = ssm().get_parameter(Name=settings.models_parameter)
        configs = _parsed(stored["Parameter"]["Value"])
    if not configs:
        return shorthand(
            settings.model, api=settings.openai_api, base_url=settings.openai_base_url, secret=key
        )
    # OpenAI's key is sent to OpenAI alone.
    with_key = {"secret": key}
    return ModelList(
        tuple(
            each.model_copy(update=with_key) if each.is_openais_own and not each.secret else each
            for each in configs
        ),
        unlisted=None,
    )


def _parsed(text: str) -> ModelConfigs:
    try:
        return _CONFIGS.validate_python(text)
    except ValidationError as error:
        raise SettingsError(faults_of(error, "models_parameter")) from None
