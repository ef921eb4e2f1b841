"""Tools that OpenAI runs itself. Only its Responses API offers them."""

from agents import (
    CodeInterpreterTool,
    FileSearchTool,
    ImageGenerationTool,
    Tool,
    WebSearchTool,
)

HOSTED = (CodeInterpreterTool, FileSearchTool, ImageGenerationTool, WebSearchTool)


def without_hosted(tools: list[Tool]) -> list[Tool]:
    """Return the tools that any endpoint takes.

    Another model of the list may answer with the same agent. The Agents SDK would refuse the whole
    request.
    """
    return [tool for tool in tools if not isinstance(tool, HOSTED)]
