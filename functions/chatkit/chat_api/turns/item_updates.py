"""Items as a client shows them after the updates that were streamed for them."""

from collections.abc import Iterator
from typing import Any

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    GeneratedImageItem,
    GeneratedImageUpdated,
    Task,
    ThreadItem,
    ThreadItemUpdate,
    WidgetComponentUpdated,
    WidgetItem,
    WidgetRootUpdated,
    WidgetStreamingTextValueDelta,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)


def apply_update(item: ThreadItem, update: ThreadItemUpdate) -> None:
    """Change the item as the update says. An update of another kind of item changes nothing."""
    match item, update:
        case AssistantMessageItem(), AssistantMessageContentPartTextDelta():
            _part(item, update.content_index).text += update.delta
        case AssistantMessageItem(), AssistantMessageContentPartAdded():
            _part(item, update.content_index)
            item.content[update.content_index] = update.content.model_copy()
        case AssistantMessageItem(), AssistantMessageContentPartAnnotationAdded():
            annotations = _part(item, update.content_index).annotations
            annotations.insert(update.annotation_index, update.annotation)
        case AssistantMessageItem(), AssistantMessageContentPartDone():
            part = _part(item, update.content_index)
            part.text = update.content.text
            # The SDK leaves annotations out here if it has already streamed them.
            part.annotations = update.content.annotations or part.annotations
        case WorkflowItem(), WorkflowTaskAdded() | WorkflowTaskUpdated():
            _put_task(item.workflow.tasks, update.task_index, update.task)
        case GeneratedImageItem(), GeneratedImageUpdated():
            item.image = update.image
        case WidgetItem(), WidgetRootUpdated():
            item.widget = update.widget.model_copy(deep=True)
        case WidgetItem(), WidgetComponentUpdated():
            _replace_component(item.widget, update.component_id, update.component)
        case WidgetItem(), WidgetStreamingTextValueDelta():
            for component in components(item.widget):
                if component.id == update.component_id:
                    component.value = (component.value or "") + update.delta
                    component.streaming = not update.done


def _part(item: AssistantMessageItem, index: int) -> AssistantMessageContent:
    while len(item.content) <= index:
        item.content.append(AssistantMessageContent(text=""))
    return item.content[index]


def _put_task(tasks: list[Task], index: int, task: Task) -> None:
    if index < len(tasks):
        tasks[index] = task
    else:
        tasks.append(task)


def components(component: Any) -> Iterator[Any]:
    """Yield a widget's component and all components in it."""
    yield component
    for child in _children(component):
        yield from components(child)


def _children(component: Any) -> list[Any]:
    children = getattr(component, "children", None) or []
    return children if isinstance(children, list) else [children]


def _replace_component(parent: Any, component_id: str, component: Any) -> None:
    for each in components(parent):
        children = _children(each)
        replaced = [component if child.id == component_id else child for child in children]
        if replaced != children:
            each.children = replaced if isinstance(each.children, list) else component
            return
