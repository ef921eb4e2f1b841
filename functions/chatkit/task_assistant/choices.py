"""The tool that the person may choose in the composer."""

from chat_api.conversation.choices import ComposerTool
from task_assistant.task_list import LIST

SHOW_TASKS = ComposerTool(
    id="show_tasks",
    label="Show my tasks",
    tool=LIST,
    icon="check-circle",
    placeholder="Which tasks?",
)
