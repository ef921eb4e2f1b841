"""The agent: its instructions, its model and how it runs. What a team makes its own."""

from datetime import UTC, datetime

from agents import Agent, ModelSettings
from agents.models.default_models import get_default_model, gpt_5_reasoning_settings_required

from chat_api.model.provider import settings_of
from chat_api.tools.turn_tools import TurnTools

INSTRUCTIONS = """\
You are a friendly assistant who looks after the user's personal task list with the tools you have.
Use a tool whenever the user wants to see or change tasks, and never claim a change that no tool
has confirmed. Find a task's id with list_tasks before you change it. When several tasks could be
meant, ask which. Answer briefly, in the user's language.
"""
MAX_STEPS = 12


def create_agent(model: str | None, tools: list[TurnTools]) -> Agent:
    """The agent with its tools, for one turn; without a model the Agents SDK's default."""

    async def instructions(_context: object, _agent: object) -> str:
        # Due dates are days, and "tomorrow" is one.
        today = f"Today is {datetime.now(UTC):%A, %Y-%m-%d} (UTC).\n"
        return INSTRUCTIONS + today + "".join([await each.remark() for each in tools])

    settings = settings_of(model)
    if gpt_5_reasoning_settings_required(model or get_default_model()):
        # The model's endpoint keeps nothing (store), so its reasoning travels with the turn.
        settings = settings.resolve(ModelSettings(response_include=["reasoning.encrypted_content"]))
    return Agent(
        name="assistant",
        instructions=instructions,
        model=model,
        model_settings=settings,
        mcp_servers=[*tools],
    )
