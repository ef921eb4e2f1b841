"""Ids sort by the time at which they were minted."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chatcore.ids import TimeOrderedIds, is_time_ordered, time_ordered


@given(st.lists(st.integers(0, 2**48 - 1), min_size=2))
def test_each_id_is_greater_than_the_one_before_even_if_the_clock_steps_back(
    readings: list[int],
) -> None:
    ids = TimeOrderedIds(clock=iter(readings).__next__)
    minted = [ids.mint() for _ in readings]
    assert all(earlier < later for earlier, later in pairwise(minted))
    assert all(map(is_time_ordered, minted))


def test_a_later_millisecond_gives_a_greater_id_for_any_random_bits() -> None:
    early = TimeOrderedIds(clock=lambda: 1, random_bits=lambda n: 2**n - 1).mint()
    late = TimeOrderedIds(clock=lambda: 2, random_bits=lambda _: 0).mint()
    assert early < late


def test_ids_of_two_processes_in_one_millisecond_differ() -> None:
    assert TimeOrderedIds(clock=lambda: 1).mint() != TimeOrderedIds(clock=lambda: 1).mint()


def test_other_text_is_not_a_time_ordered_id() -> None:
    minted = TimeOrderedIds().mint()
    for text in ("", "abc", minted[:-1], minted + "0", minted.upper(), "8" + minted[1:]):
        assert not is_time_ordered(text)


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**80 - 1))
def test_an_id_holds_128_bits_and_none_is_lost(milliseconds: int, tail: int) -> None:
    text = time_ordered(milliseconds, tail)
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    value = 0
    for letter in text:
        value = value * 32 + alphabet.index(letter)
    assert value == milliseconds << 80 | tail
    assert is_time_ordered(text)


def test_ids_of_concurrent_threads_are_unique_and_ascend_within_each_thread() -> None:
    ids = TimeOrderedIds(clock=lambda: 1)

    def mint_many(_thread: int) -> list[str]:
        return [ids.mint() for _ in range(200)]

    with ThreadPoolExecutor(8) as pool:
        minted = list(pool.map(mint_many, range(8)))
    assert len({each for own in minted for each in own}) == 1600
    assert all(own == sorted(own) for own in minted)
