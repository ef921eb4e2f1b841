"""What web/ is made of: small, typed by the vendor's own contract, and whole."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
TSC = ROOT / "node_modules" / ".bin" / "tsc"
OWN = [*WEB.glob("*.js")]
MARKUP = (WEB / "index.html").read_text()
KINDS = re.findall(r"data-kind=\"([\w-]+)\"", MARKUP)


def test_its_own_javascript_is_at_most_15_kb() -> None:
    assert sum(len(file.read_bytes()) for file in OWN) <= 15 * 1024


@pytest.mark.skipif(not TSC.exists(), reason="npm ci has not been run")
def test_what_the_widget_is_given_fits_the_vendors_types() -> None:
    checked = subprocess.run(
        [TSC, "-p", "web/jsconfig.json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.stdout == ""
    assert checked.returncode == 0


def test_every_kind_of_failure_has_its_words_and_its_slot() -> None:
    declared = re.search(r"type Kind =(.*?);", (WEB / "types.d.ts").read_text(), re.DOTALL)
    assert declared is not None
    assert sorted(KINDS) == sorted(re.findall(r"'([\w-]+)'", declared[1]))
    slots = re.findall(r"data-kind=\"[\w-]+\" data-slot=\"(\w+)\"", MARKUP)
    assert len(slots) == len(KINDS)


def test_every_button_does_what_the_chat_knows() -> None:
    chat = (WEB / "chat.js").read_text()
    acts = set(re.findall(r"data-act=\"(\w+)\"", MARKUP)) - {"dismiss"}
    assert [act for act in acts if not re.search(rf"\b{act}\b", chat)] == []


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.name)
def test_no_markup_is_made_from_text(file: Path) -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(", file.read_text())
