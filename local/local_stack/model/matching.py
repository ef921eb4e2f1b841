"""Which task a user means by the words that he uses for it."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from local_stack.model.task_desk import CannotDo
from local_stack.model.task_phrases import EVERYTHING, split_enumeration
from local_stack.model.tool_outputs import Task
from local_stack.model.wording import in_words


def named_tasks(wanted: str, tasks: Sequence[Task]) -> list[Task]:
    """The tasks that are meant; raises CannotDo when that is not clear.

    All of them for "everything"; several for "a and b" when no task is called just that.
    """
    if wanted == EVERYTHING and tasks and not any(task.title == EVERYTHING for task in tasks):
        return list(tasks)
    parts = split_enumeration(wanted)
    if not candidates(wanted, tasks) and all(candidates(part, tasks) for part in parts):
        return [named_task(part, tasks) for part in parts]
    return [named_task(wanted, tasks)]


def named_task(wanted: str, tasks: Sequence[Task]) -> Task:
    """The one task with this title, or the only one that it fits; raises CannotDo otherwise.

    Tried in turn: the same text, the same but for case, all the words among those of the title.
    Of several with one title, one that is not done yet wins over those that are.
    """
    if not tasks:
        raise CannotDo("Your list is empty.")
    fits = candidates(wanted, tasks)
    still_open = [task for task in fits if not task.done]
    namesakes = len({task.title.casefold() for task in fits}) == 1
    if len(fits) == 1 or (namesakes and len(still_open) == 1):
        return (still_open or fits)[0]
    if fits:
        named = in_words([f'"{task.title}"' for task in fits], "or")
        raise CannotDo(f'Which task do you mean by "{wanted}": {named}?')
    titles = in_words([f'"{task.title}"' for task in tasks])
    raise CannotDo(f'I could not find a task called "{wanted}". Your list has {titles}.')


def candidates(wanted: str, tasks: Sequence[Task]) -> list[Task]:
    """The tasks that fit best, in the order of the list."""
    folded = wanted.casefold()
    words = _words(folded.removeprefix("the ").removeprefix("my "))
    tests: tuple[Callable[[Task], bool], ...] = (
        lambda task: task.title == wanted,
        lambda task: task.title.casefold() == folded,
        lambda task: bool(words) and words <= _words(task.title.casefold()),
    )
    return next((fits for test in tests if (fits := [t for t in tasks if test(t)])), [])


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))
