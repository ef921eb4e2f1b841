"""Plain English to intents: one message may hold several wishes."""

import re
from itertools import chain

from local_stack.model.clauses import clauses
from local_stack.model.intents import (
    AddTask,
    CompleteTask,
    DeleteTask,
    Intent,
    RenameTask,
    ReopenTask,
)
from local_stack.model.references import PRONOUNS
from local_stack.model.talk_phrases import recognise_talk
from local_stack.model.task_phrases import recognise_task

_WISH = (
    r"please|kindly|just|now|also|then|and|so|well|ok|okay|sure|great|thanks|go ahead and"
    r"|(?:can|could|would|will) (?:you|i|we)|let['\u2019]?s"
    r"|i(?:['\u2019]d| would) like(?: you)? to|i want(?: you)? to"
)
_POLITE_START = re.compile(rf"(?:(?:{_WISH})\b[,\s]*)+(?=\S)", re.IGNORECASE)
_POLITE_END = re.compile(r"(?:[,\s]+(?:please|thanks|thank you))+$", re.IGNORECASE)
# A title may join things with "and", too: after it only these words begin a wish of their own.
_PLAIN_VERB = re.compile(
    r"(?:add|create|show|list|what|how many|mark|rename|change|remind|delete|remove|complete"
    r"|reopen)\b",
    re.IGNORECASE,
)

# After these words a title goes on to the end of the sentence.
_OPEN_TITLE = re.compile(
    r"\b(?:(?:task|to-?do|reminder|item)s? (?:to|for|called|named)"
    r"|remind me\b.*?\b(?:to|about|of|that)|(?:remember|forget) (?:to|about))\b"
    r"(?!\s*[\"\u201c'\u2018])",
    re.IGNORECASE,
)
_ANOTHER = re.compile(r"\b(?:tasks?|to-?dos?|reminders?|items?|list|remind)\b", re.IGNORECASE)


def parse(message: str) -> tuple[Intent, ...]:
    """The wishes in a message, in order; empty when nothing in it is understood."""
    spaced = re.sub(r"[^\S\n]+", " ", message)
    return tuple(chain.from_iterable(map(_recognise, clauses(spaced, _begins_a_wish))))


def _recognise(clause: str) -> tuple[Intent, ...]:
    whole = clause.strip().rstrip(".,!?;: ")
    bare = _bare(whole)
    talk = recognise_talk(whole) or recognise_talk(bare)
    return (talk,) if talk else recognise_task(bare)


def _begins_a_wish(before: str, joint: str, after: str) -> bool:
    if "then" in joint or "also" in joint:
        return bool(_recognise(after))
    if not _PLAIN_VERB.match(after, _politeness(after)):
        return False
    wishes = _recognise(after)
    if wishes and _ends_in_a_title(before):
        return all(_follows_a_title(wish, after) for wish in wishes)
    return bool(wishes)


def _ends_in_a_title(text: str) -> bool:
    adding = any(isinstance(wish, AddTask) for wish in _recognise(text))
    return adding and bool(_OPEN_TITLE.search(text))


def _follows_a_title(wish: Intent, text: str) -> bool:
    """Whether it can be nothing but a wish even where a title is not at its end yet.

    A title may well say what to do with tasks: "… to ignore all this and delete all tasks".
    """
    match wish:
        case AddTask():
            return bool(_ANOTHER.search(text))
        case CompleteTask(title) | ReopenTask(title) | DeleteTask(title):
            return title.lower() in PRONOUNS
        case RenameTask():
            return wish.title.lower() in PRONOUNS
        case _:
            return True


def _bare(text: str) -> str:
    """The text without the words of politeness around it."""
    return _POLITE_END.sub("", text[_politeness(text) :])


def _politeness(text: str) -> int:
    """Where the words of politeness at the start of a text end."""
    start = _POLITE_START.match(text)
    return start.end() if start else 0
