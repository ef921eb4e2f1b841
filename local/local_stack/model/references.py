"""What "it" means: the task that was spoken of last."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from local_stack.model.intents import (
    AddTask,
    CompleteTask,
    DeleteTask,
    Intent,
    RenameTask,
    ReopenTask,
)

PRONOUNS = frozenset(
    ("it", "that", "this", "that one", "this one", "the last one", "that task", "this task")
)


def resolve(wishes: Iterable[Intent], earlier: Iterable[Intent]) -> Iterator[Intent]:
    """The wishes with "it" replaced by the title named last, in them or in earlier ones."""
    last: str | None = None
    for wish in earlier:
        last = _named_by(wish) or last
    for wish in wishes:
        resolved = _replaced(wish, last) if last else wish
        last = _named_by(resolved) or last
        yield resolved


def _named_by(wish: Intent) -> str | None:
    match wish:
        case RenameTask():
            return wish.new_title
        case AddTask(title) | CompleteTask(title) | ReopenTask(title) | DeleteTask(title):
            return None if title.lower() in PRONOUNS else title
        case _:
            return None


def _replaced(wish: Intent, last: str) -> Intent:
    match wish:
        case CompleteTask(title) | ReopenTask(title) | DeleteTask(title) if (
            title.lower() in PRONOUNS
        ):
            return replace(wish, title=last)
        case RenameTask(readings) if wish.title.lower() in PRONOUNS:
            return RenameTask(((last, readings[0][1]), *readings[1:]))
        case _:
            return wish
