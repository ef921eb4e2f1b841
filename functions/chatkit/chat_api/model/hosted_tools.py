"""Tools that OpenAI runs itself. Only its Responses API offers them."""

from dataclasses import replace

from agents import (
    CodeInterpreterTool,
    FileSearchTool,
    ImageGenerationTool,
    ModelSettings,
    Tool,
    WebSearchTool,
)

HOSTED = (CodeInterpreterTool, FileSearchTool, ImageGenerationTool, WebSearchTool)

# The pages that a search has found, which the chat shows. Without this, only its words come.
SOURCES = "web_search_call.action.sources"


def with_sources(settings: ModelSettings, tools: list[Tool]) -> ModelSettings:
    """Return the settings that also ask for the sources of searches, if the tools can search."""
    if not any(isinstance(tool, WebSearchTool) for tool in tools):
        return settings
    included = [*(settings.response_include or ()), SOURCES]
    return replace(settings, response_include=list(dict.fromkeys(included)))


def without_hosted(tools: list[Tool]) -> list[Tool]:
    """Return the tools that any endpoint takes.

    Another model of the list may answer with the same agent. The Agents SDK would refuse the whole
    request.
    """
    return [tool for tool in tools if not isinstance(tool, HOSTED)]
