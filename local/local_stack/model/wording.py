"""How the assistant puts things."""

from collections.abc import Iterator, Sequence

from local_stack.model.tool_outputs import Task, failure_in


def in_words(parts: Sequence[str], joint: str = "and") -> str:
    """a; a and b; a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {joint} {parts[-1]}"


def quoted(text: str) -> str:
    return f'"{text}"'


def the_list(tasks: Sequence[Task]) -> str:
    if not tasks:
        return "Your list is empty."
    number = "1 task" if len(tasks) == 1 else f"{len(tasks)} tasks"
    return f"You have {number}: {in_words([_with_state(task) for task in tasks])}."


def outcome(
    named: Sequence[str], outputs: Sequence[object], infinitive: str, past: str
) -> Iterator[str]:
    """What became of calls that each did one thing to the named, as their outputs tell it.

    `infinitive` ("delete {}") and `past` ("deleted {}") say the thing. Plain text that tells of
    no failure is passed on in the tool's own words: it may be one that is not recognised.
    """
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
