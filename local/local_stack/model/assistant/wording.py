"""The assistant's sentences."""

from collections.abc import Iterator, Sequence

from local_stack.model.assistant.tool_outputs import Task, failure_in

_ABILITIES = (
    "I can add tasks to your list, show it, rename tasks, mark them as done and delete them."
    ' Try "Add a task to buy groceries" or "What is on my list?"'
)
FALLBACK = f"I am not sure what you would like me to do. {_ABILITIES}"
OUT_OF_REACH = "I cannot reach the task list right now."
# Long enough to be stopped, or to be resumed in another tab.
STORY = "Once upon a time there was a list. " + " ".join(
    f"On day {day} someone crossed out one task and wrote down another." for day in range(1, 41)
)
TALK = {
    "greeting": "Hello! How can I help you with your tasks?",
    "thanks": "You are welcome!",
    "story": STORY,
    "help": f"I am a scripted assistant that looks after your task list. {_ABILITIES}",
    "last request": "This is your first message in this conversation.",
}
# How to say that a tool did not work, and that it did.
_VERBS = {
    "add_task": ("add {}", "added {} to your list"),
    "complete_task": ("mark {} as done", "marked {} as done"),
    "reopen_task": ("reopen {}", "reopened {}"),
    "update_task": ("rename {}", "renamed {}"),
    "delete_task": ("delete {}", "deleted {}"),
}


def in_words(parts: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if parts[1:] else parts)


def quoted(text: str) -> str:
    return f'"{text}"'


def the_list(tasks: Sequence[Task]) -> str:
    if not tasks:
        return "Your list is empty."
    number = "1 task" if len(tasks) == 1 else f"{len(tasks)} tasks"
    return f"You have {number}: {in_words([_with_state(task) for task in tasks])}."


def outcome(tool: str, named: Sequence[str], outputs: Sequence[object]) -> Iterator[str]:
    """Yield what became of one call of this tool for each name.

    Text that neither is a task nor names a failure is passed on as the tool wrote it.
    """
    infinitive, past = _VERBS[tool]
    done: list[str] = []
    others: list[str] = []
    for name, output in zip(named, outputs, strict=True):
        if problem := failure_in(output):
            others.append(f"I could not {infinitive.format(name)}: {problem}")
        elif isinstance(output, str) and output.strip():
            others.append(f"About {name}, the tool said: {output.strip()}")
        else:
            done.append(name)
    if done:
        yield f"I have {past.format(in_words(done))}."
    yield from others


def _with_state(task: Task) -> str:
    notes = (["done"] if task.done else []) + ([f"due {task.due}"] if task.due else [])
    return f"{task.title} ({', '.join(notes)})" if notes else task.title
