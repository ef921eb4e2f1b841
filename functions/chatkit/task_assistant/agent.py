"""The agent: its instructions, its model and how it runs. What a team makes its own."""

from datetime import UTC, datetime

from agents import Agent

from chat_api.model.provider import agent_settings_of
from chat_api.tools.toolset import Toolset

INSTRUCTIONS = """\
You are a friendly assistant who looks after the user's personal task list with the tools you have.
Use a tool whenever the user wants to see or change tasks, and never claim a change that no tool
has confirmed. Find a task's id with list_tasks before you change it. When several tasks could be
meant, ask which. Answer briefly, in the user's language.
"""
MAX_STEPS = 12


def create_agent(model: str | None, tools: list[Toolset]) -> Agent:
    """The agent with its tools, for one turn; without a model the Agents SDK's default."""

    async def instructions(_context: object, _agent: object) -> str:
        # Due dates are days, and "tomorrow" is one.
        today = f"Today is {datetime.now(UTC):%A, %Y-%m-%d} (UTC).\n"
        return INSTRUCTIONS + today + "".join([await each.remark() for each in tools])

    return Agent(
        name="assistant",
        instructions=instructions,
        model=model,
        model_settings=agent_settings_of(model),
        mcp_servers=[*tools],
    )
