"""What people read is plain English, without phrases that read as translated."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# Patterns of the files and folders with texts that people read.
PATTERNS = (
    "Makefile",
    "README.md",
    "bench",
    "deploy",
    "docs",
    "examples",
    "functions",
    "layers",
    "local",
    "packaging",
    "samconfig.toml",
    "template.yaml",
    "tests/*.py",
    "tests/README.md",
    "tests/deploy",
    "tests/store",
    "tests/system",
    "tests/unit",
    "web",
)
# A regular expression, matched without regard to case, and what to write instead.
BETTER = {
    r"\b(?:he|him|himself|his|she|her)\b": "they, them, their",
    r"\bnobody knows\b": "it is unknown",
    r"\b(?:any|every|no|some)body\b": "anyone, everyone, no one, another user",
    r"\bwho(?:so)?ever\b": "anyone who, the process that",
    r"\btells\b|\btells? of\b": "says, shows, returns, reports",
    r"\b(?:be|been|being|is|are|was|were|not) told\b": "reads, receives, sees",
    r"\b(?:is|are|was|were) to be\b": "must be, will be",
    r"\bwhether (?:\w+ ){1,3}(?:is|are) to\b": "whether to",
    r"\blets? (?:\w+ ){1,3}not in\b": "refuses",
    r"\banew\b": "again",
    r"\bat last\b": "finally, or nothing",
    r"\b(?:all|what|that|than) there (?:is|are)\b(?! to\b)": "that exists, the existing",
    r"(?<!\bno )\bsuch (?!as\b)": "this, these, of this kind",
    r"(?<!too long to )\b(?:go|goes|going|went|gone) on\b(?! to\b)": "continue",
    r"\b(?:stands?|stood) (?:in(?! for\b)|under|behind|there|before|beside|at|where|between)\b": (
        "is in, is under"
    ),
    r"\bwhere (?:\S+ ){0,3}\S+ (?:stands?|stood)\b(?! for\b)": "where it is, its key",
    r"\bas (?:it|they) stands?\b": "unchanged, exactly as written",
    r"\b(?:is|are|was|were|be) waited for\b": "X waits for Y",
    r"\bbe had\b": "be available, be loaded",
    r"\b(?:is|are|be|not) taken for\b": "is mistaken for, counts as",
    r"\bsome \d": "about",
    r"\bany ?more\b(?! [a-z]+s\b)": "no longer",
    r"\bin the place of\b": "instead of, replacing",
    r"\breplac(?:e|es|ing) (?:[\w']+ ){1,4}by\b": "replace X with Y",
    r"\btaken up\b": "takes effect",
    r"\bwithout end\b": "forever, never ends",
    r"\bworded\b|\bwordings?\b": "customized, its text",
    r"\bcosts? (?:only )?(?:itself|that part)\b": "only that part is missing",
    r"\btoo dear\b": "too expensive",
    r"\bmums?\b": "Mom",
    r"\bthumbs?\b(?!-)": "feedback, a thumbs-up or thumbs-down",
    r"\b(?:warm|cold|killed|frozen|suspended) containers?\b": "environment",
    r"\bbur(?:y|ies|ied|ial)\b": "write the tombstone",
    r"\b(?:acknowledgement|behaviour|cancelling|cancelled|colour|favour|licence)s?\b": (
        "American spelling"
    ),
}


def texts(path: Path) -> Iterator[str]:
    """Yield what people read in a file, without its code."""
    content = path.read_text()
    if path.suffix == ".py":
        yield from _python(content)
    elif path.suffix == ".md":
        yield re.sub(r"(?m)^    .*$", "", re.sub(r"(?s)```.*?```", "", content))
    else:
        yield content


def _python(content: str) -> Iterator[str]:
    """Yield comments, docstrings and strings of several words; keys and codes have one."""
    for token in tokenize.generate_tokens(io.StringIO(content).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.value


def faults(text: str) -> list[str]:
    """Return each phrase with its better word."""
    prose = re.sub(r"\s+", " ", re.sub(r"`[^`]*`", "", text))
    return [
        f"{prose[max(0, match.start() - 30) : match.end() + 20]!r}: write {better}"
        for pattern, better in BETTER.items()
        for match in re.finditer(pattern, prose, re.IGNORECASE)
    ]


def _files() -> Iterator[Path]:
    suffixes = (".css", ".html", ".js", ".md", ".py", ".sh", ".yaml")
    for path in (path for pattern in PATTERNS for path in sorted(ROOT.glob(pattern))):
        if path.is_file():
            yield path
        yield from (
            file
            for file in sorted(path.rglob("*"))
            if file.suffix in suffixes and "vendor" not in file.parts
        )


FILES = [path for path in _files() if path != Path(__file__)]


def test_there_are_files() -> None:
    assert len(FILES) > 100


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_reads_as_plain_english(path: Path) -> None:
    assert [fault for text in texts(path) for fault in faults(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "he can send any bytes",
        "When it ends nobody knows.",
        "The person is told why.",
        "Whether the turn is to stop.",
        "The row lets the turn not in.",
        "It starts anew.",
        "Such a request is refused.",
        "The order is not open any more.",
        "A later save replaces the row by another.",
        "Show where the item stands.",
        "Every warm container keeps the list.",
    ],
)
def test_a_translated_phrase_is_found(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "The gate refuses the turn.",
        "Stand-ins stand in for AWS.",
        "Call `he`.",
        "The bubble has a thumbs-up.",
        "There are not any more rows.",
    ],
)
def test_a_plain_sentence_is_accepted(text: str) -> None:
    assert faults(text) == []
