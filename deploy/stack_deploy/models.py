"""The models of a deployment: a list in Models or in an SSM parameter, or the names in Model."""

from collections.abc import Iterator, Sequence
from typing import cast

from chat_api.dictation.endpoint import transcription_config
from chat_api.model.model_config import Api, ModelConfig, ModelConfigs, ModelList, shorthand
from chatcore.settings import SettingFault, Settings, SettingsError
from stack_deploy.lookups import LookupFault, Lookups, put_command
from stack_deploy.model_access import is_at_openai
from stack_deploy.parameter_validation import endpoint_fault
from stack_deploy.planned_values import PlannedValues, in_words
from stack_deploy.secret_names import secret_fault

LIST, SSM_PARAMETER, TITLE = "Models", "ModelsParameter", "TitleModel"
TRANSCRIPTION = "TranscriptionModel"
SHORTHAND = ("Model", "OpenAIApi", "OpenAIBaseUrl")
MODEL_PARAMETERS = (LIST, SSM_PARAMETER, *SHORTHAND)


class _Listed(Settings):
    models: ModelConfigs


class ModelFaults(Exception):
    """The models of a deployment are refused. `sentences` say why."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = tuple(sentences)


def planned_models(planned: PlannedValues, stack: str, lookups: Lookups) -> ModelList:
    """Return the models that may answer. Raise `ModelFaults`."""
    if conflict := _conflict(planned):
        raise ModelFaults([conflict])
    if planned[LIST]:
        models = _listed(planned[LIST], LIST, planned, stack, lookups)
    elif name := planned[SSM_PARAMETER]:
        try:
            text = lookups.ssm_text(name)
        except LookupFault as fault:
            raise ModelFaults([f"{planned.variable(SSM_PARAMETER)} {fault}."]) from fault
        models = _listed(text, SSM_PARAMETER, planned, stack, lookups)
    else:
        names = [each.strip() for each in planned["Model"].split(",") if each.strip()]
        api, url = cast(Api, planned["OpenAIApi"]), planned["OpenAIBaseUrl"] or None
        models = shorthand(names, api=api, base_url=url)
    if (title := planned[TITLE]) and title not in models.names:
        known = f"one of the models ({', '.join(models.names)})" if models.names else "empty"
        because = "" if models.names else f", because {planned.variable('Model')} names no model"
        raise ModelFaults([planned.refused(TITLE, f"must be {known}{because}")])
    if planned[TRANSCRIPTION] and not transcription_config(models, planned[TRANSCRIPTION]):
        needed = "be empty, because Amazon Bedrock, where all the models are, takes no dictation"
        raise ModelFaults([planned.refused(TRANSCRIPTION, f"must {needed}")])
    return models


def long_list_advice(stack: str, region: str) -> str:
    """Return where to put a list of models that does not fit into a function's environment."""
    name = f"/{stack}/models"
    return (
        f"A list of models can live in an SSM parameter instead: {put_command(name, region)},"
        f" then `make deploy MODELS= MODELS_PARAMETER={name}`."
    )


def _conflict(planned: PlannedValues) -> str | None:
    """Return why the models are named in more than one way, or None."""
    lists = [planned.variable(name) for name in (LIST, SSM_PARAMETER) if planned[name]]
    others = [planned.variable(name) for name in SHORTHAND if planned.changed(name)]
    if len(lists) > 1:
        return f"{' and '.join(lists)}: set only one, because there is one list of models."
    if lists and others:
        emptied = " ".join(f"{name}=" for name in others)
        return (
            f"{lists[0]} and {', '.join(others)}: set only one, because a list of models also says"
            f" where they are. Type `make deploy {emptied}` to use the list alone."
        )
    return None


def _listed(
    text: str, source: str, planned: PlannedValues, stack: str, lookups: Lookups
) -> ModelList:
    try:
        configs = _Listed.from_environ({"MODELS": text}).models
        faults = list(_faults(configs, stack, lookups))
    except SettingsError as error:
        faults = list(error.faults)
    if faults:
        raise ModelFaults([_sentence(fault, source, planned) for fault in faults])
    return ModelList(configs, unlisted=None)


def _sentence(fault: SettingFault, source: str, planned: PlannedValues) -> str:
    if source == LIST:
        return planned.refused(LIST, in_words(fault), fault.path)
    variable, name = planned.variable(source), planned[source]
    return f"{variable}{fault.path} {in_words(fault)}, in the SSM parameter {name}."


def _faults(
    configs: tuple[ModelConfig, ...], stack: str, lookups: Lookups
) -> Iterator[SettingFault]:
    """Yield faults that the chat function accepts, but that cannot work in AWS."""
    for index, config in enumerate(configs):
        if config.base_url and (fault := endpoint_fault(config.base_url)):
            yield SettingFault("MODELS", f"[{index}].base_url", fault)
        if config.secret and (fault := secret_fault(config.secret, f"{stack}/models/", lookups)):
            yield SettingFault("MODELS", f"[{index}].secret", fault)
        if config.base_url and not config.secret and is_at_openai(config):
            missing = "is missing: OPENAI_API_KEY is only for models without a base_url"
            yield SettingFault("MODELS", f"[{index}].secret", missing)
