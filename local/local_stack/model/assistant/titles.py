"""The title of a conversation, for instructions that ask for "a title of at most 60 characters"."""

import re

from local_stack.model.conversation import Conversation

_LIMIT = re.compile(r"\btitle\b.*?\b(?P<most>\d+) characters", re.IGNORECASE | re.DOTALL)
_MOST_WORDS = 6


def longest_title(conversation: Conversation) -> int | None:
    """Return how many characters the requested title may have; None for any other request.

    Instructions of an agent with tools may mention titles of tasks, so they do not count.
    """
    limit = None if conversation.tools else _LIMIT.search(conversation.instructions)
    return int(limit["most"]) if limit else None


def title_of(text: str, longest: int) -> str:
    """Return the first words of a text; a word is cut only when no word fits."""
    title = ""
    for word in re.sub(r"[^\w\s'\u2019-]", " ", text).split()[:_MOST_WORDS]:
        if len(f"{title} {word}".strip()) > longest:
            break
        title = f"{title} {word}".strip()
    title = title or text.strip()[:longest] or "New chat"
    return title[:1].upper() + title[1:]
