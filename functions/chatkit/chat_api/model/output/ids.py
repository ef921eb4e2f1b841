"""Minted ids for what a model sends, because its own ids need not be unique.

Some endpoints restart the numbers of their calls in each answer, give two items one id, or leave
ids out.
"""

import re
import string
from random import Random

# Mistral's API takes call ids of exactly nine letters and digits; OpenAI's takes up to 64.
CALL_ID_LENGTH = 9
ITEM_ID_LENGTH = 24
_LETTERS = string.ascii_letters + string.digits
# OpenAI refuses an item whose id does not have the prefix of its type.
_PREFIXES = {"message": "msg", "reasoning": "rs", "function_call": "fc"}
_PREFIX = re.compile(r"[a-z]{1,10}(?=_)")


class ModelIds:
    """Mints the ids of output items and of calls from a source of random numbers."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def item(self, kind: str, foreign: object = None) -> str:
        """Return an id for an item of that type. `foreign` is the id that its endpoint gave it."""
        prefix = _PREFIXES.get(kind)
        if prefix is None:
            own = _PREFIX.match(foreign) if isinstance(foreign, str) else None
            prefix = own[0] if own else "item"
        return f"{prefix}_{self._letters(ITEM_ID_LENGTH)}"

    def call(self) -> str:
        """Return an id for a call of a tool."""
        return self._letters(CALL_ID_LENGTH)

    def _letters(self, number: int) -> str:
        return "".join(self._random.choices(_LETTERS, k=number))
