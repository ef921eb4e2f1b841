"""The example assistant: it looks after the user's personal task list."""

from datetime import UTC, datetime

from agents import Agent, RunContextWrapper

from chat_api.attachments.policy import AttachmentPolicy
from chat_api.conversation.assistant import Assistant
from chat_api.conversation.turn_context import TurnContext
from task_assistant.actions import ACTIONS
from task_assistant.choices import SHOW_TASKS
from task_assistant.descriptions import describe
from task_assistant.mentions import TASKS
from task_assistant.page_tools import LOCAL_TIME
from task_assistant.task_list import show_tasks
from task_assistant.tool_labels import label

INSTRUCTIONS = """\
You are a friendly assistant who looks after the user's personal task list with the tools you have.
Use a tool whenever the user wants to see or change tasks, and never claim a change that no tool
has confirmed. Find a task's id with list_tasks before you change it. When several tasks could be
meant, ask which. Answer briefly, in the user's language.
"""

FILES = AttachmentPolicy(
    accept={
        "image/png": [".png"],
        "image/jpeg": [".jpg", ".jpeg"],
        "image/webp": [".webp"],
        "image/gif": [".gif"],
        "application/pdf": [".pdf"],
        "text/plain": [".txt"],
        "text/csv": [".csv"],
        "text/markdown": [".md"],
    }
)


def instructions(_context: RunContextWrapper[TurnContext], _agent: Agent[TurnContext]) -> str:
    # Due dates are days, and "tomorrow" is one.
    return f"{INSTRUCTIONS}Today is {datetime.now(UTC):%A, %Y-%m-%d} (UTC).\n"


assistant = Assistant(
    Agent[TurnContext](name="assistant", instructions=instructions),
    widgets=[show_tasks],
    actions=ACTIONS,
    label=label,
    entities=TASKS,
    composer_tools=[SHOW_TASKS],
    client_tools=[LOCAL_TIME],
    asks_questions=True,
    approval="destructive",
    describe=describe,
    attachments=FILES,
)
