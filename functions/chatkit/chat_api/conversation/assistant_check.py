"""Refuses an assistant whose tools could not work, before the first message."""

from collections import Counter
from typing import get_args

from agents import FunctionTool

from chat_api.conversation.approvals import ASK_AGAIN
from chat_api.conversation.assistant import Assistant
from chat_api.conversation.questions import ASK_USER
from chat_api.tools.approval import Approval

RULES = get_args(Approval.__value__)


def check_assistant(assistant: Assistant) -> None:
    """Raise `ValueError` that names the fault.

    Two tools must not share a name, and only calls of MCP tools can wait for approval: the service
    runs an approved call later, without the run that a function tool belongs to.
    """
    tools = assistant.agent.tools
    own = [*(each.name for each in tools), *(each.name for each in assistant.client_tools)]
    for name, count in Counter([*own, ASK_USER, ASK_AGAIN]).items():
        if count > 1:
            raise ValueError(f"Two tools are called {name}")
    for name, rule in {"approval": assistant.approval, **assistant.approvals}.items():
        if rule not in RULES:
            raise ValueError(f"{name}: must be one of {', '.join(RULES)}")
    asking = [each.name for each in tools if isinstance(each, FunctionTool) and each.needs_approval]
    for name in [*asking, *(name for name in own if name in assistant.approvals)]:
        raise ValueError(f"{name}: only calls of MCP tools can wait for approval")
