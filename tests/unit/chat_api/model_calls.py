"""What the strictest endpoints would refuse in the requests to a scripted model."""

from typing import Any

from agents import FunctionTool
from agents.testing import ModelCall

from local_stack.model.strict import responses


def violations_of(call: ModelCall) -> list[str]:
    """Return the violations in a request, in the form in which the Responses API would get it."""
    tools = [_tool(each) for each in call.tools if isinstance(each, FunctionTool)]
    return responses.violations({"model": "m", "input": call.input, "tools": tools, "store": False})


def _tool(tool: FunctionTool) -> dict[str, Any]:
    schema = {"parameters": tool.params_json_schema, "strict": tool.strict_json_schema}
    return {"type": "function", "name": tool.name, "description": tool.description, **schema}
