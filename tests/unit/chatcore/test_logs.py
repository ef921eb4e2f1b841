"""Errors and the lines of libraries are logged without their texts."""

import copy
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chatcore.logs import described, keep_library_text_out, logger


def test_an_error_group_and_its_causes_are_logged_by_type() -> None:
    error = RuntimeError("outer")
    error.__cause__ = ExceptionGroup("both", [KeyError("a"), ValueError("b")])
    assert described(error)["error"] == "RuntimeError from ExceptionGroup(KeyError, ValueError)"


def test_an_aws_error_is_logged_with_its_code_and_operation() -> None:
    keys = described(ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItem"))
    assert (keys["aws_error"], keys["aws_operation"]) == ("ThrottlingException", "PutItem")


def error_raised_by(raising: Callable[[], object]) -> Exception:
    try:
        raising()
    except Exception as error:
        return error
    raise AssertionError("Nothing was raised")


def test_a_deep_library_does_not_hide_the_line_that_called_it() -> None:
    class Unreadable:
        def __deepcopy__(self, _memo: object) -> object:
            raise ValueError("hunter2")

    def calling() -> object:
        deep: list[Any] = [Unreadable()]
        for _ in range(50):
            deep = [deep]
        return copy.deepcopy(deep)

    frames = described(error_raised_by(calling))["raised_at"]
    assert frames[-1].endswith(" __deepcopy__")
    assert [frame for frame in frames if frame.endswith(" calling")]
    assert len(frames) < 10


def test_an_errors_cause_is_logged_with_its_frames_and_without_its_text() -> None:
    def cause() -> None:
        raise KeyError("hunter2")

    def effect() -> None:
        try:
            cause()
        except KeyError as error:
            raise RuntimeError("hunter2") from error

    keys = described(error_raised_by(effect))
    assert keys["raised_at"][-1].endswith(" cause")
    assert [frame for frame in keys["raised_at"] if frame.endswith(" effect")]
    assert "hunter2" not in str(keys)


def test_each_error_of_a_group_is_logged_with_its_frames() -> None:
    def part() -> None:
        raise ValueError("hunter2")

    def group() -> None:
        raise ExceptionGroup("both", [Exception(), error_raised_by(part)])

    assert described(error_raised_by(group))["raised_at"][-1].endswith(" part")


@pytest.fixture
def root_logger() -> Iterator[None]:
    """Restore the root logger after the test."""
    handlers, level = logging.root.handlers, logging.root.level
    yield
    logging.root.handlers, logging.root.level = handlers, level
    logging.getLogger(logger.name).propagate = True


def test_the_text_of_a_librarys_log_line_is_left_out(
    logged: list[dict[str, Any]], root_logger: None
) -> None:
    keep_library_text_out()
    library = logging.getLogger("a_library.part")
    library.error("the user said %s", "hunter2")
    library.info("not even that it was")
    [line] = logged
    assert (line["message"], line["source"]) == ("library_log", "a_library.part")
    assert "hunter2" not in str(line)
    assert __file__ in line["logged_at"]


def test_an_answered_error_is_not_logged(logged: list[dict[str, Any]], root_logger: None) -> None:
    keep_library_text_out(client_errors=(KeyError,))
    library = logging.getLogger("another_library")
    library.error("failed", exc_info=KeyError("answered"))
    library.error("failed", exc_info=ValueError("not"))
    assert [line["error"] for line in logged] == ["ValueError"]


def test_our_own_log_lines_are_written_once(
    logged: list[dict[str, Any]], root_logger: None
) -> None:
    keep_library_text_out()
    logger.error("ours")
    assert [line["message"] for line in logged] == ["ours"]
