"""The agent: its instructions, its model and how it runs. What a team makes its own."""

from agents import Agent, ModelSettings, OpenAIProvider, RunConfig
from agents.mcp import MCPServer
from agents.models.default_models import (
    get_default_model,
    get_default_model_settings,
    gpt_5_reasoning_settings_required,
)
from openai import AsyncOpenAI

INSTRUCTIONS = """\
You are a friendly assistant who looks after the user's personal task list with the tools you have.
Use a tool whenever the user wants to see or change tasks, and never claim a change that no tool
has confirmed. Find a task's id with list_tasks before you change it. When several tasks could be
meant, ask which. Answer briefly, in the user's language.
"""
MAX_STEPS = 12


def create_agent(model: str | None, tools: list[MCPServer]) -> Agent:
    """The agent with its tools, for one turn; without a model the Agents SDK's default."""
    name = model or get_default_model()
    ours = ModelSettings(store=False, include_usage=True)
    settings = get_default_model_settings(name).resolve(ours)
    if gpt_5_reasoning_settings_required(name):
        # The model's endpoint keeps nothing (store), so its reasoning travels with the turn.
        settings = settings.resolve(ModelSettings(response_include=["reasoning.encrypted_content"]))
    return Agent(
        name="assistant",
        instructions=INSTRUCTIONS,
        model=model,
        model_settings=settings,
        mcp_servers=tools,
    )


def create_run_config(client: AsyncOpenAI, *, use_responses: bool) -> RunConfig:
    """Runs go to this client's endpoint, and no trace of them goes anywhere."""
    return RunConfig(
        model_provider=OpenAIProvider(openai_client=client, use_responses=use_responses),
        tracing_disabled=True,
        trace_include_sensitive_data=False,
    )
