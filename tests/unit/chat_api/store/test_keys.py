"""The keys of rows and the names of objects."""

from datetime import UTC, datetime, timedelta

import pytest

from chat_api.store.keys import (
    encoded,
    foreign_place,
    minted_place,
    object_folder,
    thread_partition,
    user_partition,
)
from chatcore.ids import TimeOrderedIds

ORDER = "01m7q5cqg0wa23tfg3y5zspp6m"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LONG = ["x" * 5000, "é#" * 3000, "\U0001f600" * 2000]


def test_a_minted_id_contains_its_place() -> None:
    assert minted_place(f"msg_{ORDER}") == f"{ORDER}#msg"


def test_two_ids_with_one_time_ordered_part_have_different_places() -> None:
    assert minted_place(f"msg_{ORDER}") != minted_place(f"tc_{ORDER}")


@pytest.mark.parametrize(
    "other", ["", ORDER, f"x_{ORDER}", f"my_msg_{ORDER}", f"msg_{ORDER}0", "msg_", f"MSG_{ORDER}"]
)
def test_any_other_id_contains_no_place(other: str) -> None:
    assert minted_place(other) is None


def test_foreign_places_are_ordered_by_time_to_the_microsecond() -> None:
    times = [NOON + timedelta(microseconds=number) for number in (0, 1, 999, 1000, 1001)]
    places = [foreign_place("any", at) for at in times]
    assert places == sorted(set(places))


def test_a_foreign_place_sorts_among_the_minted_places_of_its_time() -> None:
    noon = int(NOON.timestamp() * 1000)
    ids = TimeOrderedIds(clock=iter((noon - 1, noon + 1)).__next__)
    before, after = ids.mint(), ids.mint()
    assert before < foreign_place("imported", NOON) < after


def test_the_same_time_in_another_zone_gives_the_same_place(zone_other_than_utc: None) -> None:
    local = NOON.astimezone()
    assert foreign_place("any", local) == foreign_place("any", NOON)
    assert foreign_place("any", local.replace(tzinfo=None)) == foreign_place("any", NOON)


def test_two_foreign_ids_of_the_same_time_have_different_and_stable_places() -> None:
    assert foreign_place("a", NOON) != foreign_place("b", NOON)
    assert foreign_place("a", NOON) == foreign_place("a", NOON)


def test_a_time_before_1970_counts_as_1970() -> None:
    early = foreign_place("any", datetime(1900, 1, 1, tzinfo=UTC))
    assert early == foreign_place("any", datetime(1970, 1, 1, tzinfo=UTC))


def test_an_encoded_text_has_no_separator() -> None:
    assert encoded("a#b/c%23 é") == "a%23b%2Fc%2523%20%C3%A9"


@pytest.mark.parametrize("text", LONG)
def test_a_long_text_becomes_a_hash_that_no_other_text_encodes_to(text: str) -> None:
    assert len(encoded(text)) < 100
    assert encoded(text) != encoded(text + "x")
    assert encoded(encoded(text)) != encoded(text)


def test_a_lone_surrogate_is_encoded_too() -> None:
    assert encoded("\ud800") == "%ED%A0%80"


@pytest.mark.parametrize("text", [*LONG, "#" * 170])
def test_keys_stay_within_the_limits_of_dynamodb_and_s3(text: str) -> None:
    assert len(thread_partition(text, text)) <= 2048
    assert len("attachment#" + encoded(text)) <= 1024
    assert len(object_folder(text, text, "transcript#" + foreign_place(text, NOON))) <= 900


def test_no_choice_of_ids_leads_into_another_users_partition() -> None:
    assert thread_partition("a", "b") != user_partition("a#thread#b")
    assert thread_partition("a#thread#b", "c") != thread_partition("a", "b#thread#c")


def test_an_object_name_contains_nothing_that_a_user_chose() -> None:
    folder = object_folder("../alice", "thr_secret", f"item#{ORDER}#msg")
    assert "alice" not in folder
    assert "secret" not in folder
    assert folder.startswith("bodies/")
    assert folder.endswith(f"/item/{ORDER}/msg")
