"""Reports what the functions and Lambda would refuse, in terms of the deployment's variables."""

from collections.abc import Collection, Iterator, Sequence

from chat_api.settings import ChatSettings
from chatcore.settings import SettingFault, SettingsError
from stack_deploy.environment import FunctionEnvironment, StackLocation
from stack_deploy.lookups import Lookups
from stack_deploy.models import LIST, long_list_advice
from stack_deploy.planned_values import PlannedValues, in_words
from stack_deploy.tool_servers import tool_server_faults


def settings_faults(
    environments: Sequence[FunctionEnvironment],
    sound: Collection[str],
    planned: PlannedValues,
    location: StackLocation,
    lookups: Lookups,
) -> list[str]:
    """Return a sentence for each refused setting, and for each environment that is too large.

    Only faults of the parameters in `sound` are returned; the others already have one.
    """
    sentences = {
        planned.refused(name, in_words(fault), fault.path): None
        for environment in environments
        for fault in _faults(environment, location.stack, lookups)
        if (name := environment.parameters.get(fault.name, "")) in sound
    }
    return [*sentences, *_size_faults(environments, planned, location)]


def _faults(
    environment: FunctionEnvironment, stack: str, lookups: Lookups
) -> Iterator[SettingFault]:
    try:
        settings = environment.settings()
    except SettingsError as error:
        yield from error.faults
        return
    if isinstance(settings, ChatSettings):
        yield from tool_server_faults(settings.tool_servers, stack, lookups)


def _size_faults(
    environments: Sequence[FunctionEnvironment], planned: PlannedValues, location: StackLocation
) -> Iterator[str]:
    for environment in environments:
        if fault := environment.size_fault():
            listed = planned[LIST] and LIST in environment.parameters.values()
            yield (
                f"{fault} {long_list_advice(location.stack, location.region)}" if listed else fault
            )
