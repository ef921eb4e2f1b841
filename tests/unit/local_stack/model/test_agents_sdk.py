"""A whole turn by the Agents SDK: it runs the tools that the assistant calls."""

import json
from collections.abc import AsyncIterator

import pytest
from agents import (
    Agent,
    FunctionTool,
    Model,
    ModelSettings,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    RunConfig,
    Runner,
    TResponseInputItem,
    function_tool,
)
from openai import AsyncOpenAI
from openai.types.responses import ResponseTextDeltaEvent

type Tasks = dict[str, dict[str, object]]


def tools_on(tasks: Tasks) -> list[FunctionTool]:
    @function_tool
    def add_task(title: str) -> str:
        tasks[title] = {"title": title, "done": False}
        return json.dumps(tasks[title])

    @function_tool
    def complete_task(task: str) -> str:
        tasks[task]["done"] = True
        return json.dumps(tasks[task])

    return [add_task, complete_task]


@pytest.fixture(params=[OpenAIResponsesModel, OpenAIChatCompletionsModel])
def model(request: pytest.FixtureRequest, client: AsyncOpenAI) -> Model:
    made = request.param(model="any", openai_client=client)
    assert isinstance(made, Model)
    return made


async def run(agent: Agent, history: list[TResponseInputItem]) -> AsyncIterator[str]:
    result = Runner.run_streamed(agent, history, run_config=RunConfig(tracing_disabled=True))
    async for event in result.stream_events():
        if event.type == "raw_response_event" and isinstance(event.data, ResponseTextDeltaEvent):
            yield event.data.delta
    history[:] = result.to_input_list()


async def test_a_conversation_changes_the_tasks_and_streams_the_answers(model: Model) -> None:
    tasks: Tasks = {}
    settings = ModelSettings(store=False, include_usage=True)
    agent = Agent(name="Assistant", model=model, tools=[*tools_on(tasks)], model_settings=settings)
    history: list[TResponseInputItem] = []

    async def say(text: str) -> list[str]:
        history.append({"role": "user", "content": text})
        return [delta async for delta in run(agent, history)]

    deltas = await say("Add a task to buy groceries")
    assert deltas == ["I", " have", " added", ' "buy', ' groceries"', " to", " your", " list."]
    assert list(tasks.values()) == [{"title": "buy groceries", "done": False}]

    assert "".join(await say("Mark buy groceries as done")) == (
        'I have marked "buy groceries" as done.'
    )
    assert list(tasks.values()) == [{"title": "buy groceries", "done": True}]

    assert "".join(await say("What did I just ask?")) == 'You wrote: "Mark buy groceries as done"'
