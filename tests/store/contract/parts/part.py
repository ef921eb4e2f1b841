"""The base of every part of the contract."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.store.contract.user_store import Caller

# Ids and names that a user may choose or another store may have minted.
_HOSTILE = {
    "empty": "",
    "hash": "#",
    "of_a_key": "alice#thread#t",
    "encoded": "%23",
    "path": "a/b/../c",
    "control": "\x00\x1f\x7f",
    "astral": "\U0001f9fe\u200d",
    "long": "x" * 5000,
    "long_of_four_bytes": "\U0010ffff" * 1500,
    "after_the_hash": "$~ ",
    "prefix_of_an_item": "msg_",
    "nearly_minted": "thr_00000000000000000000000000\n",
    "minted_for_another_kind": "xyz_0123456789abcdefghjkmnpqrs",
}
hostile = pytest.mark.parametrize("hostile", _HOSTILE.values(), ids=_HOSTILE)


class Part:
    """Part of the contract, with two users of one store.

    A subclass defines the fixture `caller`, a function that returns a user's view of the store.
    """

    @pytest.fixture
    def alice(self, caller: Callable[[str], Caller[Any]]) -> Caller[Any]:
        return caller("alice")

    @pytest.fixture
    def bob(self, caller: Callable[[str], Caller[Any]]) -> Caller[Any]:
        return caller("bob")
