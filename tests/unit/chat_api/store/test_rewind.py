"""Which rows one request deletes when an answer is regenerated."""

from typing import Any

from chat_api.store.rewind import batches

OWN = "transcript#0#msg"
NEW: Any = {"pk": {"S": "p"}, "sk": {"S": OWN}, "body": {"S": "[]"}}


def keys(*sorts: str) -> Any:
    return [{"pk": {"S": "p"}, "sk": {"S": sort}} for sort in sorts]


def items(first: int, last: int) -> list[str]:
    return [f"item#{number:02}#msg" for number in range(first, last + 1)]


def planned(*sorts: str) -> list[list[str]]:
    made = batches(keys(*sorts), NEW)
    assert made[-1][-1] is NEW
    assert all(len(batch) <= 25 for batch in made)
    return [[key["sk"]["S"] for key in batch] for batch in made]


def test_turns_that_fit_into_one_batch_are_deleted_together() -> None:
    [only] = planned(OWN, *items(1, 3), "transcript#02#msg", "feedback#03#msg")
    assert only[-1] == OWN
    assert len(only) == 6
    assert only.count(OWN) == 1


def test_a_turn_that_does_not_fit_with_others_has_its_own_batch() -> None:
    newest, own = planned(*items(1, 34), "transcript#11#msg")
    assert set(newest) == {"transcript#11#msg", *items(11, 34)}
    assert own == [*reversed(items(1, 10)), OWN]


def test_a_note_added_during_an_answer_is_deleted_with_its_turn() -> None:
    newest, own = planned(*items(1, 30), "transcript#11#msg", "transcript#15#shcx")
    assert {"transcript#11#msg", "transcript#15#shcx", *items(11, 30)} == set(newest)
    assert own[-1] == OWN


def test_a_turn_longer_than_a_batch_loses_its_transcript_first_and_then_its_newest_rows() -> None:
    first, second, own = planned("transcript#01#msg", *items(1, 30))
    assert first == ["transcript#01#msg", *reversed(items(7, 30))]
    assert second == [*reversed(items(1, 6))]
    assert own == [OWN]


def test_a_long_retried_turns_transcript_is_deleted_first_and_replaced_last() -> None:
    first, second = planned(OWN, *items(1, 30))
    assert first == [OWN, *reversed(items(7, 30))]
    assert second == [*reversed(items(1, 6)), OWN]


def test_no_batch_both_deletes_and_puts_one_row() -> None:
    for length in range(20, 60):
        for batch in planned(OWN, *items(1, length)):
            assert len(batch) == len(set(batch))
