from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chatcore.ids import TimeOrderedIds, is_time_ordered


@given(st.lists(st.integers(0, 2**48 - 1), min_size=2))
def test_each_id_is_greater_than_the_one_before_also_when_the_clock_steps_back(
    readings: list[int],
) -> None:
    ids = TimeOrderedIds(clock=iter(readings).__next__)
    minted = [ids.mint() for _ in readings]
    assert all(earlier < later for earlier, later in pairwise(minted))
    assert all(map(is_time_ordered, minted))


def test_a_later_millisecond_gives_a_greater_id_whatever_the_random_bits() -> None:
    early = TimeOrderedIds(clock=lambda: 1, random_bits=lambda n: 2**n - 1).mint()
    late = TimeOrderedIds(clock=lambda: 2, random_bits=lambda _: 0).mint()
    assert early < late


def test_ids_of_two_processes_in_one_millisecond_differ() -> None:
    assert TimeOrderedIds(clock=lambda: 1).mint() != TimeOrderedIds(clock=lambda: 1).mint()


def test_other_text_is_no_time_ordered_id() -> None:
    minted = TimeOrderedIds().mint()
    for text in ("", "abc", minted[:-1], minted + "0", minted.upper(), "8" + minted[1:]):
        assert not is_time_ordered(text)
