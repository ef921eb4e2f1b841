"""From wishes to calls, and from what the tools answered to sentences."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from local_stack.model.conversation import Call, Tool
from local_stack.model.due_dates import split_due
from local_stack.model.intents import (
    AddTask,
    CompleteTask,
    DeleteTask,
    ListTasks,
    RenameTask,
    ReopenTask,
    TaskIntent,
)
from local_stack.model.matching import candidates, named_task, named_tasks
from local_stack.model.task_desk import CannotDo, TaskDesk
from local_stack.model.task_tools import call_for_task, call_of, due_argument
from local_stack.model.tool_outputs import Task, tasks_in
from local_stack.model.wording import outcome, quoted, the_list


def carry_out(wishes: Sequence[TaskIntent], desk: TaskDesk) -> Iterator[str]:
    """A sentence or more for each wish; raises CallsPending while an answer is missing.

    Neighbouring wishes of one kind are independent of one another and share a step. Steps wait
    for one another: a list that is asked for after an addition shows it.
    """
    for _, group in groupby(wishes, type):
        try:
            yield from _step(list(dict.fromkeys(group)), desk)
        except CannotDo as reason:
            yield str(reason)


def _step(wishes: list[TaskIntent], desk: TaskDesk) -> Iterator[str]:
    if titles := [wish.title for wish in wishes if isinstance(wish, AddTask)]:
        yield from _add(titles, desk)
    if titles := [wish.title for wish in wishes if isinstance(wish, CompleteTask)]:
        tool = desk.tool("complete_task", "marking tasks as done")
        yield from _change(tool, titles, desk, "mark {} as done", "marked {} as done")
    if titles := [wish.title for wish in wishes if isinstance(wish, ReopenTask)]:
        tool = desk.tool("reopen_task", "reopening tasks")
        yield from _change(tool, titles, desk, "reopen {}", "reopened {}")
    if titles := [wish.title for wish in wishes if isinstance(wish, DeleteTask)]:
        tool = desk.tool("delete_task", "deleting tasks")
        yield from _change(tool, titles, desk, "delete {}", "deleted {}")
    for wish in wishes:
        if isinstance(wish, RenameTask):
            yield _rename(wish, desk)
        if isinstance(wish, ListTasks):
            yield the_list(desk.tasks())


def _add(titles: list[str], desk: TaskDesk) -> Iterator[str]:
    tool = desk.tool("add_task", "adding tasks")
    outputs = desk.change([_addition(tool, title, desk) for title in titles])
    named = [
        quoted(task.title) + (f" (due {task.due})" if task.due else "")
        for title, output in zip(titles, outputs, strict=True)
        for task in (tasks_in(output) or [Task(None, title)])[:1]
    ]
    yield from outcome(named, outputs, "add {}", "added {} to your list")


def _addition(tool: Tool, title: str, desk: TaskDesk) -> Call:
    due = due_argument(tool)
    plain, day = split_due(title, desk.today) if due else (title, None)
    return call_of(tool, title=plain, **({due: day.isoformat()} if due and day else {}))


def _change(
    tool: Tool, titles: list[str], desk: TaskDesk, infinitive: str, past: str
) -> Iterator[str]:
    chosen: list[Task] = []
    problems: list[str] = []
    for title in titles:
        try:
            chosen += named_tasks(title, desk.tasks())
        except CannotDo as reason:
            problems.append(str(reason))
    tasks = list(dict.fromkeys(chosen))
    outputs = desk.change([call_for_task(tool, task.task_id) for task in tasks])
    yield from outcome([quoted(task.title) for task in tasks], outputs, infinitive, past)
    yield from problems


def _rename(wish: RenameTask, desk: TaskDesk) -> str:
    tool = desk.tool("update_task", "renaming tasks")
    tasks = desk.tasks()
    # The longest old title that fits: "talk to mum" rather than "talk".
    fitting = (reading for reading in reversed(wish.readings) if candidates(reading[0], tasks))
    old, new = next(fitting, wish.readings[0])
    task = named_task(old, tasks)
    outputs = desk.change([call_for_task(tool, task.task_id, title=new)])
    renamed = (tasks_in(outputs[0]) or [Task(None, new)])[0].title
    change = f"{quoted(task.title)} to {quoted(renamed)}"
    return " ".join(outcome([change], outputs, "rename {}", "renamed {}"))
