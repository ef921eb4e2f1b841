"""Tools that take their arguments as they are sent, and nothing beside them."""

from collections.abc import Callable
from typing import Any

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase, FuncMetadata
from mcp_types import ToolAnnotations
from pydantic import ConfigDict, ValidationError, create_model

# A model reads what is told of bad arguments.
MAX_FAULTS = 5
MAX_NAME = 60


class BadArguments(ToolError):
    """The arguments do not fit the tool's schema."""

    def __init__(self, tool: str, error: ValidationError) -> None:
        faults = error.errors(include_input=False, include_url=False, include_context=False)
        told = "; ".join(f"{_place(each['loc'])}: {each['msg']}" for each in faults[:MAX_FAULTS])
        super().__init__(f"{told}. Nothing was changed. Correct it and call {tool} again.")


def _place(loc: tuple[int | str, ...]) -> str:
    """Where a fault is; a name that the caller made up may be of any length."""
    return ".".join(map(str, loc))[:MAX_NAME]


class AsSent(FuncMetadata):
    """The SDK would parse a text that happens to be JSON; here a title stays a title."""

    def pre_parse_json(self, data: dict[str, Any]) -> dict[str, Any]:
        return data


class StrictTool(Tool):
    """Refuses what its schema does not name, where the SDK would pass over it in silence."""

    async def run(
        self, arguments: dict[str, Any], context: Context[Any, Any], convert_result: bool = False
    ) -> Any:
        try:
            self.fn_metadata.validate_arguments(arguments)
        except ValidationError as error:
            raise BadArguments(self.name, error) from None
        return await super().run(arguments, context, convert_result)


def strict_tool(fn: Callable[..., Any], title: str, hints: ToolAnnotations) -> StrictTool:
    """The tool that a function is: its name, docstring and argument types are what clients see."""
    tool = StrictTool.from_function(fn, title=title, annotations=hints, structured_output=True)
    assert isinstance(tool, StrictTool)
    known = tool.fn_metadata
    strict = create_model(known.arg_model.__name__, __base__=(known.arg_model, _NothingElse))
    tool.fn_metadata = AsSent(
        arg_model=strict,
        output_schema=known.output_schema,
        output_model=known.output_model,
        wrap_output=known.wrap_output,
    )
    tool.parameters = strict.model_json_schema()
    return tool


class _NothingElse(ArgModelBase):
    model_config = ConfigDict(extra="forbid", strict=True)
