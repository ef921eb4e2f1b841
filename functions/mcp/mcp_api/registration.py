"""Converts a team's tools to the SDK's, and rejects unsafe ones while the function starts."""

import inspect
import re
from collections.abc import Callable, Sequence
from inspect import Parameter
from typing import Any, get_args

from mcp.server.mcpserver.exceptions import InvalidSignature
from mcp.server.mcpserver.tools import Tool as SdkTool
from mcp.server.mcpserver.utilities.context_injection import find_context_parameter
from mcp.server.mcpserver.utilities.types import Audio, Image
from mcp_types import CallToolResult, ContentBlock, InputRequiredResult, ToolAnnotations
from pydantic import ConfigDict, PydanticUserError, create_model

from mcp_api.strict_tool import JsonArguments, StrictTool
from mcp_api.tool import InvalidTool, Tool
from mcp_api.tool_request import ToolRequest

# What OpenAI and other vendors accept as a function's name.
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
NAMED_KINDS = {Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY}
# Content that the model receives unchanged. It has no schema.
CONTENT = (*get_args(ContentBlock), Image, Audio)
# Results of the protocol itself. A tool that returned one would bypass its declared type.
PROTOCOL = (CallToolResult, InputRequiredResult)


def strict_tools(tools: Sequence[Tool], scope: str) -> list[SdkTool]:
    """Return the tools as the SDK serves them. Raise `InvalidTool` for one that is not safe."""
    names = set[str]()
    for tool in tools:
        if not isinstance(tool, Tool):
            raise InvalidTool(f"Register {tool!r} as a mcp_api.tool.Tool, which states its hints.")
        # Models and people confuse names that differ only in case.
        if tool.name.casefold() in names:
            raise InvalidTool(
                f"Two tools are called {tool.name}; names must differ by more than case."
            )
        names.add(tool.name.casefold())
    return [_strict_tool(tool, scope) for tool in tools]


def _strict_tool(tool: Tool, scope: str) -> StrictTool:
    _check_function(tool)
    sdk_tool, schema = _sdk_tool(tool)
    returns = inspect.signature(tool.function, eval_str=True).return_annotation
    declared = sdk_tool.output_schema is not None or _mentions(returns, CONTENT)
    if not declared or _mentions(returns, PROTOCOL):
        raise InvalidTool(f"{tool.name} must declare the type of what it returns.")
    overrides = {
        "fn_metadata": JsonArguments(**dict(sdk_tool.fn_metadata)),
        "parameters": schema,
        "scope": scope,
        "result_model": create_model(
            "Result", __config__=ConfigDict(arbitrary_types_allowed=True), result=returns
        ),
    }
    return StrictTool(**dict(sdk_tool) | overrides)


def _sdk_tool(tool: Tool) -> tuple[SdkTool, dict[str, Any]]:
    """Return what the SDK makes of the function, and the closed schema of its arguments."""
    try:
        sdk_tool = SdkTool.from_function(
            tool.function,
            title=tool.title,
            description=inspect.getdoc(tool.function),
            context_kwarg=_request_parameter(tool.function),
            annotations=_annotations(tool),
        )
        schema = sdk_tool.fn_metadata.arg_model.model_json_schema()
    except (InvalidSignature, NameError, PydanticUserError) as error:
        raise InvalidTool(f"{tool.name} cannot be offered: {error}") from error
    if sdk_tool.resolved_params:
        raise InvalidTool(f"{tool.name} has a parameter to be resolved, which is not supported.")
    return sdk_tool, _closed(schema)


def _check_function(tool: Tool) -> None:
    """Raise `InvalidTool` for a function that the SDK would accept but serve wrongly."""
    function = tool.function
    if not NAME.fullmatch(tool.name):
        raise InvalidTool(f"{tool.name} cannot be the name of a tool: it must match {NAME.pattern}")
    if not (inspect.getdoc(function) or "").strip():
        raise InvalidTool(f"{tool.name} has no docstring, which a model needs to choose it.")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise InvalidTool(f"{tool.name} is a generator: a tool returns its result at once.")
    if find_context_parameter(function) is not None:
        raise InvalidTool(f"{tool.name} takes the SDK's Context: take a ToolRequest instead.")
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind not in NAMED_KINDS or parameter.annotation is Parameter.empty:
            raise InvalidTool(f"{tool.name}: {parameter.name} must be a named and typed parameter.")


def _request_parameter(function: Callable[..., Any]) -> str | None:
    """Return the name of the parameter that receives the `ToolRequest`, if there is one."""
    first = next(iter(inspect.signature(function, eval_str=True).parameters.values()), None)
    if first is None or first.annotation is not ToolRequest or first.default is not Parameter.empty:
        return None
    return first.name


def _annotations(tool: Tool) -> ToolAnnotations:
    return ToolAnnotations(
        read_only_hint=tool.read_only,
        destructive_hint=tool.destructive,
        idempotent_hint=tool.idempotent,
        open_world_hint=tool.open_world,
    )


def _closed(schema: Any) -> Any:
    """Return the schema with unknown members forbidden in each object that names its members."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(value) for name, value in schema.items()}
    names_members = closed.get("type") == "object" and isinstance(closed.get("properties"), dict)
    return closed | {"additionalProperties": False} if names_members else closed


def _mentions(annotation: Any, types: Sequence[type]) -> bool:
    """Return whether an annotation contains one of the types, at any depth."""
    if any(annotation is each for each in types):
        return True
    return any(_mentions(each, types) for each in get_args(annotation))
