"""The short title that a chat server asks for: "Give this conversation a title of at most …"."""

import re

from local_stack.model.conversation import Conversation

_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_LIMIT = re.compile(
    rf"\b(?P<number>\d+|{'|'.join(_NUMBERS)})[ -](?P<unit>characters?|words?)\b", re.IGNORECASE
)
_DEFAULT_WORDS = 6
_DEFAULT_CHARACTERS = 80


def title_limits(conversation: Conversation) -> tuple[int, int] | None:
    """The most words and characters of the title that is asked for; None for any other request.

    An agent with tools may be told about titles of tasks: only a request without tools counts.
    """
    instructions = conversation.instructions
    if conversation.tools or not re.search(r"\btitle\b", instructions, re.IGNORECASE):
        return None
    limits = {"word": _DEFAULT_WORDS, "character": _DEFAULT_CHARACTERS}
    found = list(_LIMIT.finditer(instructions))
    for limit in found:
        unit = limit["unit"].lower().rstrip("s")
        limits[unit] = min(limits[unit], _number(limit["number"].lower()))
    return (limits["word"], limits["character"]) if found else None


def title_of(text: str, words: int, characters: int) -> str:
    """The first words of a text within both limits, whole unless the first is too long."""
    title = ""
    for word in re.sub(r"[^\w\s'\u2019-]", " ", text).split()[:words]:
        longer = f"{title} {word}".strip()
        if len(longer) > characters:
            break
        title = longer
    title = title or text.strip()[:characters] or "New chat"[:characters]
    return title[:1].upper() + title[1:]


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else _NUMBERS.index(word) + 2
