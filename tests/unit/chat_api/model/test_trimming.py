"""Texts and turns are shortened to fit a budget."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat_api.model.input.input_format import RESPONSES
from chat_api.model.input.normalizer import model_input
from chat_api.model.input.trimming import newest_turns, shortened, size_of
from chat_api.model.texts import MARK_BYTES, json_bytes, shorten
from tests.unit.chat_api.model.histories import call, kinds, normalized, result, said


@given(st.text(), st.integers(MARK_BYTES, 200))
def test_a_text_is_shortened_to_its_limit(text: str, max_bytes: int) -> None:
    cut = shorten(text * 20, max_bytes)
    assert json_bytes(cut) - 2 <= max_bytes
    cut.encode()


@pytest.mark.parametrize("letter", ["a", "ж", "汉", "😀", '"', "\n", "\x00"])
def test_the_beginning_and_the_end_are_kept_and_the_mark_counts_the_omitted_text(
    letter: str,
) -> None:
    cut = shorten(f"begin{letter * 5000}end", 400)
    assert cut.startswith("begin")
    assert cut.endswith("end")
    head, tail = cut.split(" [… ")[0], cut.split("…] ")[1]
    left_out = 5008 - len(head) - len(tail)
    assert f" [… {left_out:,} characters left out …] " in cut
    # The result uses nearly all of the limit.
    assert json_bytes(cut) > 340


def test_a_text_that_fits_is_unchanged() -> None:
    assert shorten("ж" * 100, 200) == "ж" * 100


def turn(text: str, *outputs: str) -> list[Any]:
    calls = [call(f"c{number}") for number in range(len(outputs))]
    results = [result(f"c{number}", output) for number, output in enumerate(outputs)]
    return normalized([said(text), *calls, *results], RESPONSES)


def outputs(items: list[Any]) -> list[str]:
    return [item["output"] for item in items if "output" in item]


def test_results_are_shortened_before_a_users_words() -> None:
    items: list[Any] = shortened(turn("w" * 20_000, "r" * 50_000, "short"), 30_000)
    assert size_of(items) <= 30_000
    assert items[0]["content"][0]["text"] == "w" * 20_000
    assert outputs(items)[1] == "short"
    assert "characters left out" in outputs(items)[0]


def test_many_medium_results_are_shortened_to_one_length() -> None:
    items: list[Any] = shortened(turn("Hi", *["r" * 10_000] * 30), 100_000)
    assert 90_000 < size_of(items) <= 100_000
    assert len({len(output) for output in outputs(items)}) == 1


def test_a_users_words_are_shortened_last_and_never_dropped() -> None:
    items: list[Any] = shortened(turn("w" * 50_000, "r" * 50_000), 20_000)
    assert size_of(items) <= 20_000
    words = items[0]["content"][0]["text"]
    assert len(words) > 15_000
    assert len(outputs(items)[0]) > 1_500


def test_shortened_arguments_remain_a_json_object() -> None:
    long = call(arguments='{"text": "' + '\\"' * 50_000 + '"}')
    items: list[Any] = shortened(normalized([said("Hi"), long, result()], RESPONSES), 10_000)
    assert size_of(items) <= 10_000
    assert items[1]["arguments"].startswith('{"shortened": ')
    assert normalized(items, RESPONSES) == items


def test_an_image_counts_by_its_cost() -> None:
    image = {"type": "input_image", "image_url": "data:image/png;base64," + "A" * 1_000_000}
    items = normalized([said("Hi"), call(), result(output=[image])], RESPONSES)
    assert size_of(items) < 10_000
    assert shortened(items, 10_000) == items


def test_the_oldest_included_turn_is_shortened_to_the_rest_of_the_budget() -> None:
    old, big, small = turn("old", "r"), turn("big", "r" * 50_000), turn("small")
    items, complete = newest_turns([*old, *big, *small], 10_000)
    assert not complete
    assert kinds(items) == kinds([*big, *small])
    assert size_of(items) <= 10_000
    assert "old" not in str(items)


def test_all_turns_within_the_budget_are_kept() -> None:
    turns = [*turn("a"), *turn("b")]
    assert newest_turns(turns, 10_000) == (turns, True)


def test_only_the_running_turn_is_shortened_in_a_request() -> None:
    past, now = turn("old", "r" * 50_000), turn("new", "r" * 50_000)
    given_items: Any = [*past, *now]
    items: Any = model_input(given_items, RESPONSES, tools=["f"], turn_bytes=5_000)
    assert items[: len(past)] == past
    assert size_of(items[len(past) :]) <= 5_000
