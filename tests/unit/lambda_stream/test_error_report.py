"""Error reports, which must fit into the trailers of the Runtime API."""

import base64
import json

import pytest

from lambda_stream.error_report import ERROR_BODY, ERROR_TYPE, ErrorReport

LIMIT = 4096


def size(trailers: dict[str, str]) -> int:
    return sum(len(f"{name}: {value}\r\n") for name, value in trailers.items())


def content(trailers: dict[str, str]) -> dict[str, object]:
    decoded: dict[str, object] = json.loads(base64.b64decode(trailers[ERROR_BODY]))
    return decoded


def test_a_report_contains_type_message_and_stack() -> None:
    try:
        raise LookupError("gone")
    except LookupError as error:
        report = ErrorReport.of(error)
    assert (report.type, report.message) == ("LookupError", "gone")
    assert "raise LookupError" in report.stack_trace[0]


def test_a_short_report_fits_completely_into_its_trailers() -> None:
    trailers = ErrorReport("LookupError", "gone", ("line 1\n",)).trailers()
    assert trailers[ERROR_TYPE] == "LookupError"
    assert content(trailers) == {
        "errorType": "LookupError",
        "errorMessage": "gone",
        "stackTrace": ["line 1\n"],
    }


def test_a_deep_stack_loses_its_oldest_frames() -> None:
    trailers = ErrorReport(
        "LookupError", "gone", tuple(f"frame {n}\n" for n in range(1000))
    ).trailers()
    frames = content(trailers)["stackTrace"]
    assert isinstance(frames, list)
    assert frames[-1] == "frame 999\n"
    assert size(trailers) < LIMIT


@pytest.mark.parametrize(
    ("kind", "message"), [("E" * 9000, ""), ("E", "m" * 9000), ("\u00e9" * 900, "\u2028" * 9000)]
)
def test_no_report_is_too_long_for_its_trailers(kind: str, message: str) -> None:
    assert size(ErrorReport(kind, message, ("f" * 9000,)).trailers()) < LIMIT


def test_a_non_ascii_error_type_becomes_a_valid_header() -> None:
    assert ErrorReport("Fehlerä", "").header() == {ERROR_TYPE: "Fehler?"}


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("No words.")


def test_an_error_whose_str_raises_is_still_reported() -> None:
    report = ErrorReport.of(Mute())
    assert (report.type, report.message) == ("Mute", "The error has no readable message.")
