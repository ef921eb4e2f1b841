"""A choice of a tool is sent to endpoints that take it, and only if the request offers the tool."""

from typing import Any

import pytest
from agents import Agent, FunctionTool, ModelSettings, Runner
from agents.tool_context import ToolContext

from chat_api.model.provider import create_run_config
from tests.unit.chat_api.model.scripted_endpoint import Answer, ScriptedEndpoint
from tests.unit.chat_api.one_endpoint import one_endpoint

REFUSED = (400, {"message": "Thinking mode does not support this tool_choice."})


async def look(_context: ToolContext[Any], _arguments: str) -> str:
    return "Nothing."


LOOK = FunctionTool(
    name="look",
    description="Look.",
    params_json_schema={
        "type": "object",
        "properties": {},
        "required": [],
        "additionalProperties": False,
    },
    on_invoke_tool=look,
)


async def chosen(
    *answers: Answer | tuple[int, dict[str, Any]], tool: str, use_responses: bool
) -> list[object]:
    """Return the tool that each request demands, for an agent that must begin with `tool`."""
    endpoint = ScriptedEndpoint(*answers)
    settings = ModelSettings(tool_choice=tool)
    agent = Agent[None](name="a", model="m", tools=[LOOK], model_settings=settings)
    async with endpoint.client() as client:
        config = create_run_config(one_endpoint(client, use_responses=use_responses))
        result = Runner.run_streamed(agent, "Hi", run_config=config)
        async for _event in result.stream_events():
            pass
    return [_demanded(request.get("tool_choice")) for request in endpoint.requests]


def _demanded(choice: Any) -> object:
    if not isinstance(choice, dict):
        return None
    return choice.get("name") or choice["function"]["name"]


@pytest.mark.parametrize("use_responses", [True, False])
class TestOverBothApis:
    async def test_the_first_request_demands_the_tool(self, use_responses: bool) -> None:
        call, words = Answer(calls=[("look", "{}")]), Answer(text="Nothing.")
        demanded = await chosen(call, words, tool="look", use_responses=use_responses)
        assert demanded == ["look", None]

    async def test_a_tool_that_is_not_offered_is_not_demanded(self, use_responses: bool) -> None:
        words = Answer(text="Hi.")
        assert await chosen(words, tool="lost", use_responses=use_responses) == [None]

    async def test_an_endpoint_that_refuses_the_choice_is_asked_without_it(
        self, use_responses: bool
    ) -> None:
        words = Answer(text="Hi.")
        demanded = await chosen(REFUSED, words, tool="look", use_responses=use_responses)
        assert demanded == ["look", None]
