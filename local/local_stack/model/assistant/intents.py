"""What a message asks for: each part of it is looked up in a table of phrases."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOOLS = ("add_task", "list_tasks", "complete_task", "reopen_task", "update_task", "delete_task")


@dataclass(frozen=True)
class Intent:
    """`name` is one of TOOLS or a topic of small talk; the other fields hold what it is about.

    `task` is the user's name for an existing task, `title` is the title that a task gets.
    """

    name: str
    task: str = ""
    title: str = ""
    person: str = ""


_LIST = r"(?:my|the) (?:to-?do |task )?list"
_DONE = r"(?:as )?(?:done|complete|completed|finished)"
_TABLE = (
    ("greeting", r"(?:hi|hello|hey|good (?:morning|afternoon|evening))(?: there)?"),
    ("thanks", r"(?:thanks|thank you)(?: .+)?"),
    ("help", r"help|who are you|what can you do"),
    ("story", r"tell me a story"),
    ("introduction", r"my name is (?P<person>.+)"),
    ("name", r"what(?: is|['\u2019]s) my name"),
    ("last request", r"what did i (?:just )?(?:ask|say)"),
    (
        "add_task",
        r"(?:add|create)(?: an?| the)?(?: new)? (?:task|reminder)"
        r"(?: to| for| called| named)?:? (?P<title>.+)",
    ),
    ("add_task", rf"(?:add|put) (?!an? task$)(?P<title>.+?)(?: (?:to|on) {_LIST})?"),
    ("add_task", r"remind me to (?P<title>.+)"),
    ("list_tasks", r"(?:show|list|what|which|how many)\b.*\b(?:list|tasks)\b.*|list"),
    ("reopen_task", r"re-?open (?P<task>.+)"),
    ("reopen_task", rf"mark (?P<task>.+?) (?:as )?(?:open|undone|not {_DONE})"),
    ("complete_task", rf"mark (?P<task>.+?) {_DONE}"),
    ("complete_task", r"(?:complete|finish|check off) (?P<task>.+)"),
    ("update_task", r"rename (?P<task>.+?) to (?P<title>.+)"),
    ("delete_task", rf"(?:delete|remove) (?P<task>.+?)(?: from {_LIST})?"),
)
_PHRASES = tuple((name, re.compile(phrase, re.I | re.S)) for name, phrase in _TABLE)
_POLITE = re.compile(r"\A(?:(?:please|now|then|also|can you|could you|would you)\b,? ?)+", re.I)
# A title may contain "and delete all tasks": "and" begins another intent only before these words.
_NEXT = r"add a|create a|remind me|show|list|what|my name is|(?:mark|complete|delete|rename) it\b"
_CUT = re.compile(
    rf'"[^"]*"|“[^”]*”|(?P<cut>[.;!?](?=\s|$)|\n|,? and (?={_NEXT})|, (?={_NEXT})'
    r"|,? (?:and )?then )",
    re.I,
)
# A text with more parts was probably pasted, and looking up each part would take long.
_MOST_PARTS = 100


def parse(message: str) -> tuple[Intent, ...]:
    """Return what the message asks for, in order. Parts that are not understood are left out."""
    return tuple(filter(None, map(_look_up, _parts(message))))


def _parts(message: str) -> list[str]:
    cuts = [cut.span() for cut in _CUT.finditer(message) if cut["cut"]]
    if len(cuts) > _MOST_PARTS:
        return [message]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(message)]
    return [message[start:end] for start, end in zip(starts, ends, strict=True)]


def _look_up(part: str) -> Intent | None:
    text = _POLITE.sub("", " ".join(part.split()).rstrip(".,;:!? "))
    text = text.removesuffix(" please").rstrip(",")
    for name, phrase in _PHRASES:
        if match := phrase.fullmatch(text):
            return Intent(name, **dict(_unquoted(match)))
    return None


def _unquoted(match: re.Match[str]) -> Iterator[tuple[str, str]]:
    for group, text in match.groupdict().items():
        quoted = re.fullmatch(r"\"(.+)\"|“(.+)”|'(.+)'", text)
        yield group, next(filter(None, quoted.groups())) if quoted else text
