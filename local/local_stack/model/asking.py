"""Requests that the page or the person has to help with: the time, and a plan for the week."""

import re
from collections.abc import Iterator
from typing import Any

from local_stack.model.assistant.intents import Intent
from local_stack.model.assistant.tasks import carry_out
from local_stack.model.assistant.turn import Turn
from local_stack.model.assistant.wording import in_words
from local_stack.model.conversation import Call

_TIME = re.compile(r"what time is it\W*", re.IGNORECASE)
_PLAN = re.compile(r"(?:please )?help me plan my week\W*", re.IGNORECASE)
_QUESTIONS: list[dict[str, Any]] = [
    {"question": "What would you like to get done?", "description": "One task, in a few words"},
    {"question": "Which day suits you?", "options": ["Monday", "Wednesday", "Friday"]},
    {
        "question": "What matters to you this week?",
        "options": ["Few tasks a day", "Free evenings", "Exercise"],
        "multiple": True,
    },
]


def ask(request: str, turn: Turn) -> list[str]:
    """Return the answer to one of these requests; nothing for another one, or without its tool.

    Raise CallsPending while the page or the person has not answered.
    """
    if _TIME.fullmatch(request.strip()) and "local_time" in turn.tools:
        [output] = turn.results([Call("local_time", {})])
        return [f"It is {', '.join(_texts(output))}."]
    if _PLAN.fullmatch(request.strip()) and "ask_user" in turn.tools:
        [output] = turn.results([Call("ask_user", {"questions": _QUESTIONS})])
        return list(_plan(_answers(output), turn))
    return []


def _plan(answers: list[list[str]], turn: Turn) -> Iterator[str]:
    [task, day, values] = answers
    if task:
        title = " by ".join([*task, *day])
        yield from carry_out("add_task", [Intent("add_task", title=title)], turn)
    else:
        yield "Then your week stays as it is."
    if values:
        yield f"I will keep this in mind: {in_words(values)}."


def _answers(output: Any) -> list[list[str]]:
    """Return the values that answer each question, none for one that was skipped."""
    answers = [each["answer"] for each in output]
    skipped = [isinstance(each, str) and each.startswith("(") for each in answers]
    return [[] if skips else _texts(each) for each, skips in zip(answers, skipped, strict=True)]


def _texts(output: Any) -> list[str]:
    match output:
        case dict():
            return [str(each) for each in output.values()]
        case list():
            return [str(each) for each in output]
        case _:
            return [str(output)]
