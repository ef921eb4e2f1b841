"""What a call that needs approval would do, in the user's own words for a task."""

from agents.mcp import MCPServer

from chat_api.conversation.assistant import ToolCall
from task_assistant.task_list import GET
from task_assistant.task_widget import ListedTask


async def describe(call: ToolCall, tools: MCPServer) -> str | None:
    """Return "Delete the task “buy milk”". Return None for any other call, or a missing task."""
    if not call.is_own or call.tool != "delete_task":
        return None
    # The model names most tasks by their ids.
    found = await tools.call_tool(GET, {"task": call.arguments.get("task")})
    if found.is_error:
        return None
    return f"Delete the task “{ListedTask.model_validate(found.structured_content).title}”"
