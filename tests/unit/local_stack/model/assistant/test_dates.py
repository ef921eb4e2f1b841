"""The due date at the end of a title."""

from datetime import date

import pytest

from local_stack.model.assistant.dates import split_due

SATURDAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "title", "due"),
    [
        ("buy milk by 2026-12-01", "buy milk", date(2026, 12, 1)),
        ("buy milk tomorrow", "buy milk", date(2026, 11, 22)),
        ("buy milk, due today", "buy milk", SATURDAY),
        ("buy milk on Monday", "buy milk", date(2026, 11, 23)),
        ("buy milk by saturday", "buy milk", date(2026, 11, 28)),
    ],
)
def test_a_date_at_the_end_is_the_due_date(text: str, title: str, due: date) -> None:
    assert split_due(text, SATURDAY) == (title, due)


@pytest.mark.parametrize("text", ["buy milk", "plan tomorrow's trip", "pay by 2026-13-45", "today"])
def test_other_titles_are_left_alone(text: str) -> None:
    assert split_due(text, SATURDAY) == (text, None)
