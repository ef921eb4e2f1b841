"""The reference pages agree with the code."""

import math
import re
from pathlib import Path

import pytest

from chat_api import errors
from chat_api.errors import Explanation
from chatcore.errors import HTTP

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference"
ERRORS = (REFERENCE / "errors.md").read_text()
LIMITS = re.findall(
    r"\| ([^|]+) \| `(\w+)` \| `([\w/.]+)` \|$", (REFERENCE / "limits.md").read_text(), re.M
)
EXPLANATIONS = {
    "GENERIC": Explanation(errors.GENERIC, allow_retry=True),
    "CUT_OFF": Explanation(errors.CUT_OFF, allow_retry=True),
    **{name: value for name, value in vars(errors).items() if isinstance(value, Explanation)},
}


@pytest.mark.parametrize(("status", "code"), HTTP.values())
def test_the_errors_page_lists_each_status_with_its_code(status: int, code: str) -> None:
    assert f"| {status} | `{code}` |" in ERRORS


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_the_errors_page_lists_each_sentence_and_whether_to_retry(name: str) -> None:
    explanation = EXPLANATIONS[name]
    [row] = [line for line in ERRORS.splitlines() if line.startswith(f"| `{name}` |")]
    cells = [cell.strip() for cell in row.split("|")]
    assert cells[2] == explanation.sentence
    assert cells[4] == ("yes" if explanation.allow_retry else "no")


def test_the_limits_page_has_rows() -> None:
    assert len(LIMITS) > 50


@pytest.mark.parametrize(("_value", "constant", "file"), LIMITS)
def test_each_constant_of_the_limits_page_is_set_in_its_file(
    _value: str, constant: str, file: str
) -> None:
    assert set_to(constant, file)


def set_to(constant: str, file: str) -> str:
    """Return the expression that the constant is set to, or "" if the file does not set it."""
    text = (ROOT / file).read_text()
    found = re.search(rf"^ *{constant}(?:: \w+)? = (.+)$", text, re.MULTILINE)
    return found[1] if found else ""


# Limits that are set to a product of numbers. The others are made of other constants.
NUMBERS = [
    (value, math.prod(float(factor) for factor in factors.split("*")))
    for value, constant, file in LIMITS
    if re.fullmatch(r"[\d_.* ]+", factors := set_to(constant, file))
]


def spelled(number: float) -> set[str]:
    """Return the ways in which a page may write a number of things, seconds or bytes."""
    units = {" minutes": 60, " hours": 3600, " KB": 1024, " MB": 1024**2}
    written = {f"{number / size:,.10g}{unit}" for unit, size in units.items()}
    return written | {f"{number:,.10g}"}


def test_most_limits_are_numbers() -> None:
    assert len(NUMBERS) > 50


@pytest.mark.parametrize(("value", "number"), NUMBERS)
def test_each_number_of_the_limits_page_is_that_of_its_constant(value: str, number: float) -> None:
    written = re.findall(r"[\d,.]*\d(?: (?:minutes|hours|KB|MB)\b)?", value)
    assert spelled(number) & set(written)
