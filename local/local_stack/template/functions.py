"""Functions of a template, their layers, and the routes of their Api events."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from local_stack.template.errors import TemplateError
from local_stack.template.intrinsics import Names, resolve
from local_stack.template.properties import mapping, number, only, required, text
from local_stack.template.resources import Function, Route

_USED = frozenset(
    {
        "CodeUri",
        "Environment",
        "Events",
        "FunctionName",
        "Handler",
        "Layers",
        "MemorySize",
        "Runtime",
        "Timeout",
    }
)
_WITHOUT_EFFECT = frozenset(
    {
        "Architectures",
        "DeadLetterQueue",
        "Description",
        "EphemeralStorage",
        "KmsKeyArn",
        "LoggingConfig",
        "PermissionsBoundary",
        "Policies",
        "ReservedConcurrentExecutions",
        "Role",
        "Tags",
        "Tracing",
    }
)
_LAYER_USED = frozenset({"ContentUri"})
_LAYER_WITHOUT_EFFECT = frozenset(
    {
        "CompatibleArchitectures",
        "CompatibleRuntimes",
        "Description",
        "LayerName",
        "LicenseInfo",
        "RetentionPolicy",
    }
)
_EVENT_USED = frozenset({"Method", "Path", "ResponseTransferMode", "TimeoutInMillis"})
_EVENT_WITHOUT_EFFECT = frozenset({"RestApiId"})
_RUNTIME = "python3.13"
_DEFAULT_TIMEOUT_MS = 29_000


def read_layer(name: str, properties: Mapping[str, Any], root: Path) -> Path:
    """Return the folder of the layer."""
    supported = only(name, properties, _LAYER_USED, _LAYER_WITHOUT_EFFECT)
    return root / required(name, supported, "ContentUri")


def read_function(
    name: str, properties: Mapping[str, Any], names: Names, layers: Mapping[str, Path], root: Path
) -> Function:
    """Return the function. `layers` are the folders of the template's layers by their ARN."""
    supported = resolve(only(name, properties, _USED, _WITHOUT_EFFECT), names)
    if supported.get("Runtime") != _RUNTIME:
        raise TemplateError(f"{name} has the runtime {supported.get('Runtime')}, not {_RUNTIME}")
    variables = mapping(name, mapping(name, supported, "Environment"), "Variables")
    return Function(
        name=names.ref(name),
        arn=names.attribute(name, "Arn"),
        code=root / required(name, supported, "CodeUri"),
        handler=required(name, supported, "Handler"),
        timeout=int(number(name, supported, "Timeout", 3)),
        memory=int(number(name, supported, "MemorySize", 128)),
        environment={key: text(name, key, value) for key, value in variables.items()},
        layers=tuple(_layers(name, supported.get("Layers", []), layers)),
    )


def _layers(name: str, arns: list[str], layers: Mapping[str, Path]) -> Iterator[Path]:
    for arn in arns:
        if arn not in layers:
            raise TemplateError(f"{name} has the layer {arn}, which is not in the template")
        if arns.count(arn) > 1:
            # Lambda refuses this too, but only during deployment.
            raise TemplateError(
                f"{name} has the layer {arn} twice: Globals are joined to a function's own list"
            )
        yield layers[arn]


def read_routes(name: str, properties: Mapping[str, Any], names: Names) -> Iterator[Route]:
    """Yield the routes of the function's Api events."""
    events = resolve(mapping(name, properties, "Events"), names)
    for event_name in events:
        owner = f"{name}'s event {event_name}"
        event = mapping(name, events, event_name)
        if event.get("Type") != "Api":
            raise TemplateError(f"{owner} has the type {event.get('Type')}, not Api")
        supported = only(
            owner, mapping(owner, event, "Properties"), _EVENT_USED, _EVENT_WITHOUT_EFFECT
        )
        yield Route(
            path=required(owner, supported, "Path"),
            method=required(owner, supported, "Method").upper(),
            function=names.ref(name),
            streaming=_streaming(owner, supported.get("ResponseTransferMode", "BUFFERED")),
            timeout=number(owner, supported, "TimeoutInMillis", _DEFAULT_TIMEOUT_MS) / 1000,
        )


def _streaming(owner: str, mode: str) -> bool:
    """Return whether the mode streams.

    Raise TemplateError for an unknown mode, which SAM would silently buffer.
    """
    if mode not in ("BUFFERED", "RESPONSE_STREAM"):
        raise TemplateError(
            f"{owner}: ResponseTransferMode must be BUFFERED or RESPONSE_STREAM, not {mode}"
        )
    return mode == "RESPONSE_STREAM"
