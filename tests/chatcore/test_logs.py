import logging
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chatcore.logs import described, keep_texts_out, logger


def test_an_error_group_and_its_causes_are_named() -> None:
    error = RuntimeError("outer")
    error.__cause__ = ExceptionGroup("both", [KeyError("a"), ValueError("b")])
    assert described(error)["error"] == "RuntimeError from ExceptionGroup(KeyError, ValueError)"


def test_an_aws_error_is_told_by_its_code_and_operation() -> None:
    keys = described(ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItem"))
    assert (keys["aws_error"], keys["aws_operation"]) == ("ThrottlingException", "PutItem")


@pytest.fixture
def root() -> Iterator[None]:
    """Gives the root logger back to pytest."""
    handlers, level = logging.root.handlers, logging.root.level
    yield
    logging.root.handlers, logging.root.level = handlers, level
    logging.getLogger(logger.name).propagate = True


def test_a_library_s_words_are_not_passed_on(logged: list[dict[str, Any]], root: None) -> None:
    keep_texts_out()
    library = logging.getLogger("a_library.part")
    library.error("the user said %s", "hunter2")
    library.info("not even that it was")
    [line] = logged
    assert (line["message"], line["source"]) == ("library_log", "a_library.part")
    assert "hunter2" not in str(line)
    assert __file__ in line["logged_at"]


def test_an_error_that_was_answered_is_not_logged(logged: list[dict[str, Any]], root: None) -> None:
    keep_texts_out(answered=(KeyError,))
    library = logging.getLogger("another_library")
    library.error("failed", exc_info=KeyError("answered"))
    library.error("failed", exc_info=ValueError("not"))
    assert [line["error"] for line in logged] == ["ValueError"]


def test_our_own_lines_are_written_once(logged: list[dict[str, Any]], root: None) -> None:
    keep_texts_out()
    logger.error("ours")
    assert [line["message"] for line in logged] == ["ours"]
