"""Mentions: the user's own tasks, found by title."""

from collections.abc import Sequence

from chatkit.widgets import WidgetRoot

from chat_api.conversation.mentions import Entities, Entity
from chat_api.tools.toolset import Toolset
from task_assistant.task_list import Filter, read_list, read_task
from task_assistant.task_widget import ListedTask, TaskList, task_list


async def search(query: str, tools: Toolset) -> Sequence[Entity]:
    """Return the tasks whose title contains the query, open ones first."""
    wanted = Filter(status="all", text=query.strip() or None)
    page = await read_list(tools, wanted.arguments)
    return [_entity(task) for task in sorted(page.tasks, key=lambda task: task.done)]


async def preview(entity_id: str, tools: Toolset) -> WidgetRoot | None:
    """Return the task as a list of one, without any other."""
    task = await read_task(tools, entity_id)
    return None if task is None else task_list(TaskList(tasks=[task]), {}).root


def _entity(task: ListedTask) -> Entity:
    return Entity(
        id=task.id,
        title=task.title,
        icon="check-circle" if task.done else "empty-circle",
        group="Tasks",
        data={"status": task.status} | ({"due_date": task.due_date} if task.due_date else {}),
    )


TASKS = Entities(search, preview)
