"""Plain English to intents: one message may hold several wishes."""

import re
from itertools import chain

from local_stack.model.clauses import clauses
from local_stack.model.intents import Intent
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
    r"(?:add|create|show|list|what|how many|mark|rename|change|remind|delete|remove|complete)\b",
    re.IGNORECASE,
)


def parse(message: str) -> tuple[Intent, ...]:
    """The wishes in a message, in order; empty when nothing in it is understood."""
    spaced = re.sub(r"[^\S\n]+", " ", message)
    return tuple(chain.from_iterable(map(_recognise, clauses(spaced, _begins_a_wish))))


def _recognise(clause: str) -> tuple[Intent, ...]:
    whole = clause.strip().rstrip(".,!?;: ")
    bare = _bare(whole)
    talk = recognise_talk(whole) or recognise_talk(bare)
    return (talk,) if talk else recognise_task(bare)


def _begins_a_wish(text: str, joint: str) -> bool:
    clear = "then" in joint or "also" in joint or _PLAIN_VERB.match(text, _politeness(text))
    return bool(clear and _recognise(text))


def _bare(text: str) -> str:
    """The text without the words of politeness around it."""
    return _POLITE_END.sub("", text[_politeness(text) :])


def _politeness(text: str) -> int:
    """Where the words of politeness at the start of a text end."""
    start = _POLITE_START.match(text)
    return start.end() if start else 0
