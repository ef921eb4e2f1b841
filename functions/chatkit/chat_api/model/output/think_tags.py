"""Parses the thinking that a model writes into its text, in tags such as `<think>`.

Reasoning models do so when their endpoint does not separate the two. Thinking comes first. Its
opening tag may be missing, because some chat templates put it into the prompt.
"""

import re
from dataclasses import dataclass
from typing import Literal

# DeepSeek, Qwen, GLM and most others; models that are asked to think; Gemini; Seed; Mistral; Kimi.
TAGS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<reasoning>": "</reasoning>",
    "<seed:think>": "</seed:think>",
    "[THINK]": "[/THINK]",
    "◁think▷": "◁/think▷",
}
# The only closing tag that comes without its opening.
LONE = "</think>"
_QUOTES = "`\"'\u201c\u2018\u00ab"


@dataclass(frozen=True)
class Piece:
    """A piece of a message; `retracted` is earlier text that turned out to be thinking."""

    kind: Literal["text", "thinking", "retracted"]
    text: str


class ThinkTagParser:
    """Separates the thinking from a message's text as it streams."""

    def __init__(self) -> None:
        self._held = ""
        self._closing = ""
        self._at_start = True
        self._has_thinking = False
        self._text: list[str] = []
        self._pieces: list[Piece] = []

    def passes(self, text: str) -> bool:
        """Take a delta that is certainly plain text, as nearly all are, or return False."""
        if self._at_start or self._closing or self._held:
            return False
        if not self._has_thinking:
            if "<" in text:
                return False
            self._text.append(text)
        return True

    def feed(self, text: str) -> list[Piece]:
        """Return the pieces that are certain after another delta."""
        self._held += text
        while self._held and self._step():
            pass
        pieces, self._pieces = self._pieces, []
        return pieces

    def finish(self) -> list[Piece]:
        """Return the rest, which was held back because it could have become a tag."""
        held, self._held = self._held, ""
        if not held or (self._at_start and self._has_thinking and not held.strip()):
            return []
        return [Piece("thinking" if self._closing else "text", held)]

    def _step(self) -> bool:
        """Take what is certain from the held text. Return False if more text is needed."""
        if self._closing:
            return self._parse_thinking()
        return self._parse_start() if self._at_start else self._parse_text()

    def _parse_start(self) -> bool:
        text = self._held.lstrip()
        start = text[:16].lower()
        for tag, closing in TAGS.items():
            if start.startswith(tag.lower()):
                self._closing, self._held = closing, text[len(tag) :]
                return True
        if any(tag.lower().startswith(start) for tag in TAGS):
            return False
        self._at_start = False
        if self._has_thinking:
            self._held = text
        return True

    def _parse_thinking(self) -> bool:
        end = re.search(re.escape(self._closing), self._held, re.IGNORECASE)
        if end is None:
            self._take("thinking", len(self._held) - _overlap(self._held, self._closing))
            return False
        self._take("thinking", end.start())
        self._held = self._held[len(self._closing) :]
        self._closing, self._at_start, self._has_thinking = "", True, True
        return True

    def _parse_text(self) -> bool:
        if self._has_thinking:
            self._take("text", len(self._held))
            return False
        end = self._held.find(LONE)
        if end < 0:
            self._take("text", len(self._held) - _overlap(self._held, LONE))
            return False
        before = "".join(self._text) + self._held[:end]
        if _is_quoted(before):
            self._take("text", end + len(LONE))
            return True
        self._pieces.append(Piece("retracted", before))
        self._held = self._held[end + len(LONE) :]
        self._at_start, self._has_thinking = True, True
        return True

    def _take(self, kind: Literal["text", "thinking"], length: int) -> None:
        text, self._held = self._held[:length], self._held[length:]
        if text:
            self._pieces.append(Piece(kind, text))
        if kind == "text" and not self._has_thinking:
            self._text.append(text)


def without_thinking(text: str) -> str:
    """Return a whole text without its thinking."""
    parser = ThinkTagParser()
    left = ""
    for piece in [*parser.feed(text), *parser.finish()]:
        if piece.kind == "text":
            left += piece.text
        elif piece.kind == "retracted":
            left = ""
    return left


def _overlap(text: str, tag: str) -> int:
    """Return how many characters at the end of the text may begin the tag."""
    longest = min(len(text), len(tag) - 1)
    ends = (size for size in range(longest, 0, -1) if tag.lower().startswith(text[-size:].lower()))
    return next(ends, 0)


def _is_quoted(before: str) -> bool:
    """Return whether what follows is quoted: in code, or right after a quotation mark."""
    in_block = before.count("```") % 2 == 1
    in_line = before.rpartition("\n")[2].count("`") % 2 == 1
    return in_block or in_line or before.endswith(tuple(_QUOTES))
