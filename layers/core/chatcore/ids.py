"""Ids that sort by creation time."""

import secrets
import time
from collections.abc import Callable
from threading import Lock

# Crockford's base 32, in ASCII order, so that text sorts like the number.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH = 26
TAIL_BITS = 80


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


class TimeOrderedIds:
    """Mints 128-bit ids as 26 characters of base 32: 48 bits of milliseconds, then 80 random bits.

    Within a process each id is greater than the one before it, even if the clock steps back.
    """

    def __init__(
        self,
        clock: Callable[[], int] = _milliseconds,
        random_bits: Callable[[int], int] = secrets.randbits,
    ) -> None:
        self._clock = clock
        self._random_bits = random_bits
        self._last = 0
        self._lock = Lock()

    def mint(self) -> str:
        with self._lock:
            value = self._clock() << TAIL_BITS | self._random_bits(TAIL_BITS)
            self._last = max(value, self._last + 1)
            return _base32(self._last)


def time_ordered(milliseconds: int, tail: int) -> str:
    """Return an id that sorts by milliseconds since 1970, then by an 80-bit number."""
    return _base32(milliseconds << TAIL_BITS | tail)


def is_time_ordered(text: str) -> bool:
    """Return whether the text has the form of a minted id."""
    return len(text) == _LENGTH and text[0] <= "7" and set(text) <= set(_ALPHABET)


def _base32(value: int) -> str:
    shifts = range(5 * (_LENGTH - 1), -1, -5)
    return "".join(_ALPHABET[value >> shift & 31] for shift in shifts)
