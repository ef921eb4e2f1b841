"""The reference pages agree with the code."""

import re
from pathlib import Path

import pytest

from chat_api import errors
from chat_api.errors import Explanation
from chatcore.errors import HTTP

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference"
ERRORS = (REFERENCE / "errors.md").read_text()
LIMITS = re.findall(r"\| `(\w+)` \| `([\w/.]+)` \|$", (REFERENCE / "limits.md").read_text(), re.M)
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


@pytest.mark.parametrize(("constant", "file"), LIMITS)
def test_each_constant_of_the_limits_page_is_set_in_its_file(constant: str, file: str) -> None:
    text = (ROOT / file).read_text()
    assert re.search(rf"^ *{constant}(?:: \w+)? = ", text, re.MULTILINE)
