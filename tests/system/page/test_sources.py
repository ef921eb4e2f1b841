"""The sources in web/ are small, type-checked against the vendor's types and complete."""

import gzip
import re
import subprocess
from pathlib import Path

import pytest

from tests.system.page.npm_packages import require

ROOT = Path(__file__).parents[3]
WEB = ROOT / "web"
TSC = ROOT / "node_modules" / ".bin" / "tsc"
OWN = [*WEB.glob("*.js")]
MARKUP = (WEB / "index.html").read_text()
VENDOR = WEB / "open-chatkit" / "vendor"
LIBRARY = VENDOR / "markdown-it.js"
# Loaded on first use.
LATER = [
    *(WEB / "open-chatkit" / "dictation").glob("*.js"),
    *(WEB / "open-chatkit" / "rich").rglob("*.js"),
]
# The packages bundled in the library's file.
BUNDLED = ["markdown-it", "linkify-it", "mdurl", "uc.micro", "punycode.js", "entities"]
PACKAGES = ROOT / "node_modules"
KINDS = re.findall(r"data-kind=\"([\w-]+)\"", MARKUP)


def test_page_javascript_is_at_most_23_kb() -> None:
    assert sum(len(file.read_bytes()) for file in OWN) <= 23 * 1024


def compressed(*files: Path) -> int:
    return len(gzip.compress(b"".join(file.read_bytes() for file in files)))


def test_open_client_is_at_most_37_kb_compressed_and_its_library_44() -> None:
    own = set((WEB / "open-chatkit").rglob("*.js")) - {LIBRARY, *LATER}
    assert compressed(*sorted(own)) <= 37 * 1024
    assert compressed(LIBRARY) <= 44 * 1024


def test_modules_that_load_on_first_use_are_at_most_42_kb_compressed() -> None:
    assert compressed(*sorted(LATER)) <= 42 * 1024


def test_no_module_imports_the_ones_for_first_use_at_once() -> None:
    rest = set((WEB / "open-chatkit").rglob("*.js")) - {LIBRARY, *LATER}
    at_once = re.compile(r"^(?:import|export) .*from '[^']*/(?:rich|dictation)/", re.MULTILINE)
    assert [file.name for file in rest if at_once.search(file.read_text())] == []


def test_library_matches_its_npm_package_and_has_all_licenses() -> None:
    require(TSC)
    published = PACKAGES / "markdown-it" / "dist" / "browser" / "markdown-it.esm.min.mjs"
    assert LIBRARY.read_bytes() == published.read_bytes()
    licenses = (VENDOR / "LICENSES.txt").read_text()
    for package in BUNDLED:
        [its_license] = (PACKAGES / package).glob("LICENSE*")
        assert its_license.read_text().strip() in licenses


def test_page_type_checks_against_the_vendors_types() -> None:
    require(TSC)
    checked = subprocess.run(
        [TSC, "-p", "web/jsconfig.json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.stdout == ""
    assert checked.returncode == 0


def test_every_kind_of_failure_has_a_text_and_a_slot() -> None:
    declared = re.search(r"type Kind =(.*?);", (WEB / "types.d.ts").read_text(), re.DOTALL)
    assert declared is not None
    assert sorted(KINDS) == sorted(re.findall(r"'([\w-]+)'", declared[1]))
    slots = re.findall(r"data-kind=\"[\w-]+\" data-slot=\"(\w+)\"", MARKUP)
    assert len(slots) == len(KINDS)


def test_every_button_has_an_action() -> None:
    chat = (WEB / "chat.js").read_text()
    acts = set(re.findall(r"data-act=\"(\w+)\"", MARKUP)) - {"dismiss"}
    assert [act for act in acts if not re.search(rf"\b{act}\b", chat)] == []


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.name)
def test_no_markup_is_made_from_text(file: Path) -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(", file.read_text())
