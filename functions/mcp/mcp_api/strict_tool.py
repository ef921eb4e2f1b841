"""Tools that check the token's scope and take their arguments exactly as they are sent."""

import json
from typing import Any

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool as SdkTool
from mcp.server.mcpserver.utilities.func_metadata import FuncMetadata
from pydantic import BaseModel, Field, ValidationError

from chatcore.logs import described, logger
from mcp_api.auth import caller_of
from mcp_api.tool_request import ToolRequest

# Limits on the text that says what is wrong with a model's arguments.
MAX_FAULTS = 5
MAX_NAME = 60


class BadArguments(ToolError):
    """The arguments do not fit the tool's schema."""

    def __init__(self, tool: str, faults: str) -> None:
        super().__init__(f"{faults}. Nothing was changed. Correct this and call {tool} again.")


class ReadOnlyToken(ToolError):
    """The caller's token may read but not write."""

    def __init__(self, scope: str) -> None:
        super().__init__(
            "This token may only read. Nothing was changed. Sign in again with the scope"
            f' "{scope}" to make changes.'
        )


class ToolFailed(ToolError):
    """The tool raised an unexpected error, or returned what its type rules out."""

    def __init__(self, tool: str, *, read_only: bool) -> None:
        changed = "" if read_only else " It is not known whether anything was changed."
        super().__init__(
            f"{tool} failed because of a fault in the service.{changed} Do not repeat the call;"
            " tell the user that it did not work."
        )


class JsonArguments(FuncMetadata):
    """Validates arguments as the JSON that they are, strictly and at every depth.

    The SDK would coerce values, parse a text that happens to be JSON, and ignore unknown names.
    """

    def validate_arguments(self, arguments_to_validate: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments. Raise `ValidationError`, or `ValueError` for what JSON lacks."""
        text = json.dumps(arguments_to_validate, allow_nan=False)
        model = self.arg_model.model_validate_json(text, strict=True, extra="forbid")
        return model.model_dump_one_level()


class StrictTool(SdkTool):
    """Checks the scope and the arguments before its function runs, and the result afterwards."""

    scope: str = Field(exclude=True)
    result_model: type[BaseModel] = Field(exclude=True)

    async def run(
        self, arguments: dict[str, Any], context: Context[Any, Any], convert_result: bool = False
    ) -> Any:
        """Return what the function returns. Raise only `ToolError`, with text for the model."""
        caller = caller_of(context)
        if not self.is_read_only and not caller.may_write:
            raise ReadOnlyToken(self.scope)
        request = ToolRequest(caller.user, context.request_context.meta or {})
        try:
            result = await self._result(arguments, request)
            return self.fn_metadata.convert_result(result) if convert_result else result
        except ToolError:
            raise
        except Exception as error:
            logger.error("tool_failed", tool=self.name, **described(error))
            raise ToolFailed(self.name, read_only=self.is_read_only) from None

    @property
    def is_read_only(self) -> bool:
        return self.annotations is not None and self.annotations.read_only_hint is True

    async def _result(self, arguments: dict[str, Any], request: ToolRequest) -> Any:
        validated = self._validated(arguments)
        injected = {self.context_kwarg: request} if self.context_kwarg else {}
        result = await self.fn_metadata.call_fn(self.fn, self.is_async, validated, injected)
        self.result_model.model_validate({"result": result})
        return result

    def _validated(self, arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            return self.fn_metadata.validate_arguments(arguments)
        except ValidationError as error:
            raise BadArguments(self.name, _faults(error)) from None
        except ValueError:
            raise BadArguments(self.name, "Every number must be finite") from None


def _faults(error: ValidationError) -> str:
    faults = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{_path(each['loc'])}: {each['msg']}" for each in faults[:MAX_FAULTS])


def _path(loc: tuple[int | str, ...]) -> str:
    """Return the path of a fault, shortened, because a name that the model made up may be long."""
    return ".".join(map(str, loc))[:MAX_NAME]
