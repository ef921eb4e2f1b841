"""The parameter values of a deployment: chosen, checked, and listed before it starts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chat_api.model.model_config import ModelList
from stack_deploy.account import Account, NotReady
from stack_deploy.environment import StackLocation, function_environments
from stack_deploy.login import login_fault, replaced_login
from stack_deploy.lookups import Lookups
from stack_deploy.make_variables import MakeVariables, ambiguous_export
from stack_deploy.model_access import (
    ENDPOINTS,
    KEY,
    bedrock_endpoints,
    endpoints_fault,
    key_fault,
)
from stack_deploy.models import MODEL_PARAMETERS, ModelFaults, planned_models
from stack_deploy.parameters import Parameter, read_parameters
from stack_deploy.planned_values import PlannedValues
from stack_deploy.settings_validation import settings_faults

API_LOG_ROLE, ARCHITECTURE = "ApiLogRole", "Architecture"
# Parameters whose defaults depend on the account or on the models.
DERIVED = (API_LOG_ROLE, ENDPOINTS)
DEFAULT_STACK = "chatkit"


@dataclass(frozen=True)
class Chosen:
    """The values to deploy, and the models that they name. A stack keeps its other values."""

    values: dict[str, str]
    models: ModelList


def choose_parameter_values(
    document: Mapping[str, Any],
    variables: MakeVariables,
    account: Account,
    lookups: Lookups,
    *,
    stack: str,
    arch: str,
) -> Chosen:
    """Return the values to deploy.

    Raise `NotReady` with one sentence for each variable that is missing or wrong.
    """
    parameters = read_parameters(document)
    kept = account.parameters or {}
    values = _chosen_values(parameters, variables, account) | {ARCHITECTURE: arch}
    values |= replaced_login(parameters, values, kept)
    planned = _planned(parameters, values, account)
    wrong = {p.name: _fault(p, variables, values, kept, planned[p.name]) for p in parameters}
    sound = {name for name, fault in wrong.items() if not fault}
    models, model_faults = _models(planned, sound, stack, lookups)
    location = StackLocation(stack, account.id, account.region)
    environments = function_environments(document, planned.values, location)
    # The models have been checked in more detail than the function checks them.
    others = sound - {*MODEL_PARAMETERS}
    current = kept.get(ARCHITECTURE, document["Parameters"][ARCHITECTURE]["Default"])
    faults = [
        *_target_faults(variables, current, stack, arch),
        *variables.typing_faults(parameters),
        *filter(None, wrong.values()),
        *filter(None, [login_fault(parameters, values, kept)]),
        *model_faults,
        *settings_faults(environments, others, planned, location, lookups),
    ]
    if faults or models is None:
        lines = (f"  {line}" for line in [*faults, *variables.hints(parameters)])
        raise NotReady("\n".join(["Not deployed. Please fix these variables:", *lines]))
    if (endpoints := bedrock_endpoints(models)) != planned[ENDPOINTS]:
        values[ENDPOINTS] = endpoints
    return Chosen(values, models)


def deployment_summary(
    document: Mapping[str, Any],
    variables: MakeVariables,
    values: Mapping[str, str],
    account: Account,
    stack: str,
) -> str:
    """Return what will be deployed where, and which values change. Secrets are not shown."""
    kept = account.parameters or {}
    verb = "Creates" if account.parameters is None else "Changes"
    parameters = read_parameters(document)
    lines = [f"{verb} the stack {stack} in account {account.id}, region {account.region}, with"]
    lines += [_listed(p, values[p.name], kept.get(p.name)) for p in parameters if p.name in values]
    lines += [
        f"  {p.variable} is a secret, but was typed on the command line, where other processes and"
        " the shell's history can see it. Export it next time."
        for p in parameters
        if p.variable in variables.typed and p.secret and values.get(p.name) != p.default
    ]
    return "\n".join([*lines, *(f"  {hint}" for hint in variables.hints(parameters))])


def _chosen_values(
    parameters: Sequence[Parameter], variables: MakeVariables, account: Account
) -> dict[str, str]:
    values = {
        p.name: value
        for p in parameters
        if (value := variables.value(p)) is not None
        and not (p.name in DERIVED and variables.empty(p))
    }
    if API_LOG_ROLE not in {*values, *(account.parameters or {})}:
        values[API_LOG_ROLE] = "existing" if account.has_api_log_role else "create"
    return values


def _planned(
    parameters: Sequence[Parameter], values: Mapping[str, str], account: Account
) -> PlannedValues:
    kept = dict(account.parameters or {})
    if not account.has_api_key:
        kept.pop(KEY, None)
    return PlannedValues(
        parameters={p.name: p for p in parameters},
        values={p.name: values.get(p.name, kept.get(p.name, p.default)) for p in parameters},
        given=values.keys(),
    )


def _models(
    planned: PlannedValues, sound: set[str], stack: str, lookups: Lookups
) -> tuple[ModelList | None, list[str]]:
    """Return the models, or None if they cannot be known, and a sentence for each fault."""
    if not sound.issuperset(MODEL_PARAMETERS):
        return None, []
    try:
        models = planned_models(planned, stack, lookups)
    except ModelFaults as error:
        return None, list(error.sentences)
    key = key_fault(models, planned) if KEY in sound else None
    return models, [fault for fault in (key, endpoints_fault(models, planned)) if fault]


def _target_faults(variables: MakeVariables, current: str, stack: str, arch: str) -> Iterator[str]:
    """Yield why the stack's name or architecture must be typed. `current` is the architecture."""
    exported = variables.environ.get("STACK")
    if exported is not None and "STACK" not in variables.typed and stack != DEFAULT_STACK:
        yield ambiguous_export("STACK", exported)
    if arch != current and "ARCH" not in variables.typed:
        yield (
            f"ARCH is {arch} instead of {current}. Type `make deploy ARCH={current}` to keep it, or"
            f" `make deploy ARCH={arch}` to change it."
        )


def _fault(
    parameter: Parameter,
    variables: MakeVariables,
    values: Mapping[str, str],
    kept: Mapping[str, str],
    planned: str,
) -> str | None:
    """Return the sentence that refuses a parameter's planned value, or None for a valid one."""
    name, variable = parameter.name, parameter.variable
    if variables.empty(parameter) and (parameter.required or parameter.secret) and name in kept:
        return f"{variable} is empty. Set it, or `unset {variable}` to keep the stack's value."
    if parameter.required and name not in {*values, *kept}:
        return f"{variable} is missing: {parameter.definition['Description']}"
    if fault := variables.ambiguous_export_fault(parameter, planned):
        return fault
    hidden = parameter.secret and name not in values
    fault = None if hidden or name not in {*values, *kept} else parameter.fault(planned)
    return fault and parameter.refused(planned, fault, kept=name not in values)


def _listed(parameter: Parameter, value: str, kept: str | None) -> str:
    if kept is None:
        return f"  {parameter.name}: {parameter.shown(value)}"
    if parameter.secret:
        new = parameter.shown(value)
        return (
            f"  {parameter.name}: (secret) → {'(secret, new value)' if new == '(secret)' else new}"
        )
    if kept == value:
        return f"  {parameter.name}: {parameter.shown(value)} (unchanged)"
    return f"  {parameter.name}: {parameter.shown(kept)} → {parameter.shown(value)}"
