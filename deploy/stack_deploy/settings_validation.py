"""Reports what the functions and Lambda would refuse, in terms of the deployment's variables."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from chat_api.settings import ChatSettings
from chatcore.settings import SettingFault, SettingsError
from stack_deploy.environment import FunctionEnvironment
from stack_deploy.parameters import Parameter
from stack_deploy.tool_servers import tool_server_faults

# The beginning of pydantic's messages.
_SHOULD = re.compile(r"^\w+ should\b")
_WORDS = {"Field required": "is missing", "Extra inputs are not permitted": "is not known"}


def settings_faults(
    environments: Sequence[FunctionEnvironment],
    parameters: Sequence[Parameter],
    planned: Mapping[str, str],
    given: Collection[str],
    stack: str,
) -> list[str]:
    """Return a sentence for each setting that a function would refuse, and for its total size.

    Only faults of `parameters` are returned. Other parameters already have a fault.
    """
    by_name = {p.name: p for p in parameters}
    sentences = {
        _sentence(by_name[name], fault, planned[name], name not in given): None
        for environment in environments
        for fault in _faults(environment, stack)
        if (name := environment.parameters.get(fault.name, "")) in by_name
    }
    sizes = [fault for each in environments if (fault := each.size_fault())]
    return [*sentences, *sizes]


def _faults(environment: FunctionEnvironment, stack: str) -> Iterator[SettingFault]:
    try:
        settings = environment.settings()
    except SettingsError as error:
        yield from error.faults
        return
    if isinstance(settings, ChatSettings):
        yield from tool_server_faults(settings.tool_servers, stack)


def _sentence(parameter: Parameter, fault: SettingFault, value: str, kept: bool) -> str:
    message = _WORDS.get(fault.message) or _SHOULD.sub("must", fault.message)
    return parameter.refused(value, message, fault.place, kept)
