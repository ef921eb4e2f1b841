"""Thoughts that a model writes into its text, in tags such as `<think>`.

Models that reason do so when their endpoint does not set their thoughts apart. Thoughts come first.
The opening tag may be missing, because some chat templates give it to the model.
"""

import re
from dataclasses import dataclass
from typing import Literal

# DeepSeek, Qwen, GLM and most others; models that are asked to; Gemini; Seed; Mistral; Kimi.
TAGS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<reasoning>": "</reasoning>",
    "<seed:think>": "</seed:think>",
    "[THINK]": "[/THINK]",
    "◁think▷": "◁/think▷",
}
# The one that is seen without its opening.
LONE = "</think>"
_QUOTES = "`\"'\u201c\u2018\u00ab"


@dataclass(frozen=True)
class Piece:
    """A piece of text; `retracted` is text that was said before, and was a thought."""

    kind: Literal["said", "thought", "retracted"]
    text: str


class Splitter:
    """Splits a text that arrives bit by bit into thoughts and what is said."""

    def __init__(self) -> None:
        self._held = ""
        self._closing = ""
        self._begins = True
        self._has_thought = False
        self._said: list[str] = []
        self._pieces: list[Piece] = []

    def passes(self, text: str) -> bool:
        """Take a text that is said as it is, which is nearly all of them; False for any other."""
        if self._begins or self._closing or self._held:
            return False
        if not self._has_thought:
            if "<" in text:
                return False
            self._said.append(text)
        return True

    def feed(self, text: str) -> list[Piece]:
        self._held += text
        while self._held and self._step():
            pass
        pieces, self._pieces = self._pieces, []
        return pieces

    def finish(self) -> list[Piece]:
        """Return what was held back because it could have become a tag."""
        held, self._held = self._held, ""
        if not held or (self._begins and self._has_thought and not held.strip()):
            return []
        return [Piece("thought" if self._closing else "said", held)]

    def _step(self) -> bool:
        """Take what is certain from the held text. Return False to wait for more of it."""
        if self._closing:
            return self._think()
        return self._begin() if self._begins else self._say()

    def _begin(self) -> bool:
        text = self._held.lstrip()
        start = text[:16].lower()
        for tag, closing in TAGS.items():
            if start.startswith(tag.lower()):
                self._closing, self._held = closing, text[len(tag) :]
                return True
        if any(tag.lower().startswith(start) for tag in TAGS):
            return False
        self._begins = False
        if self._has_thought:
            self._held = text
        return True

    def _think(self) -> bool:
        end = re.search(re.escape(self._closing), self._held, re.IGNORECASE)
        if end is None:
            self._take("thought", len(self._held) - _overlap(self._held, self._closing))
            return False
        self._take("thought", end.start())
        self._held = self._held[len(self._closing) :]
        self._closing, self._begins, self._has_thought = "", True, True
        return True

    def _say(self) -> bool:
        if self._has_thought:
            self._take("said", len(self._held))
            return False
        end = self._held.find(LONE)
        if end < 0:
            self._take("said", len(self._held) - _overlap(self._held, LONE))
            return False
        before = "".join(self._said) + self._held[:end]
        if _is_quoted(before):
            self._take("said", end + len(LONE))
            return True
        self._pieces.append(Piece("retracted", before))
        self._held = self._held[end + len(LONE) :]
        self._begins, self._has_thought = True, True
        return True

    def _take(self, kind: Literal["said", "thought"], length: int) -> None:
        text, self._held = self._held[:length], self._held[length:]
        if text:
            self._pieces.append(Piece(kind, text))
        if kind == "said" and not self._has_thought:
            self._said.append(text)


def said_in(text: str) -> str:
    """Return a whole text without its thoughts."""
    splitter = Splitter()
    said = ""
    for piece in [*splitter.feed(text), *splitter.finish()]:
        if piece.kind == "said":
            said += piece.text
        elif piece.kind == "retracted":
            said = ""
    return said


def _overlap(text: str, tag: str) -> int:
    """Return how many letters at the end of the text may be the beginning of the tag."""
    longest = min(len(text), len(tag) - 1)
    ends = (size for size in range(longest, 0, -1) if tag.lower().startswith(text[-size:].lower()))
    return next(ends, 0)


def _is_quoted(before: str) -> bool:
    """Whether what follows is a quotation: in code or right after a quotation mark."""
    in_block = before.count("```") % 2 == 1
    in_line = before.rpartition("\n")[2].count("`") % 2 == 1
    return in_block or in_line or before.endswith(tuple(_QUOTES))
