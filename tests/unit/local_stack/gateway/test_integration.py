"""How the proxy integration reads a function's answer."""

import json
from typing import Any

import pytest

from local_stack.gateway.integration import MalformedAnswer, parse_buffered, split_prelude


def buffered(answer: Any) -> tuple[int, list[tuple[str, str]], bytes]:
    head, body = parse_buffered(json.dumps(answer).encode())
    return head.status, list(head.headers), body


def test_a_buffered_answer_has_status_headers_and_body() -> None:
    answer = {"statusCode": 201, "headers": {"Content-Type": "text/plain"}, "body": "grüße"}
    assert buffered(answer) == (201, [("content-type", "text/plain")], "grüße".encode())


def test_an_answer_without_content_type_counts_as_json() -> None:
    assert buffered({"statusCode": 204}) == (204, [("content-type", "application/json")], b"")


def test_repeated_headers_are_all_kept() -> None:
    _, headers, _ = buffered({"statusCode": 200, "multiValueHeaders": {"Set-Cookie": ["a", "b"]}})
    assert headers[:2] == [("set-cookie", "a"), ("set-cookie", "b")]


def test_a_pair_in_both_kinds_of_headers_is_sent_once() -> None:
    answer = {"statusCode": 200, "headers": {"X": "1"}, "multiValueHeaders": {"x": ["1", "2"]}}
    assert [value for name, value in buffered(answer)[1] if name == "x"] == ["1", "2"]


def test_headers_that_belong_to_the_gateway_are_renamed() -> None:
    _, headers, _ = buffered({"statusCode": 401, "headers": {"WWW-Authenticate": "Bearer"}})
    assert ("x-amzn-remapped-www-authenticate", "Bearer") in headers


def test_a_base64_body_is_not_decoded() -> None:
    assert buffered({"statusCode": 200, "body": "aGk=", "isBase64Encoded": True})[2] == b"aGk="


@pytest.mark.parametrize(
    "answer",
    [
        "text",
        [],
        {},
        {"statusCode": "two"},
        {"statusCode": 42},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "headers": []},
        {"statusCode": 200, "headers": {"X": {"a": 1}}},
        {"statusCode": 200, "headers": {"X": "two\nlines"}},
        {"statusCode": 200, "headers": {"not a name": "x"}},
        {"statusCode": 200, "multiValueHeaders": {"X": "1"}},
        {"statusCode": 200, "cookies": ["a=b"]},
    ],
)
def test_a_buffered_answer_of_another_format_is_malformed(answer: Any) -> None:
    with pytest.raises(MalformedAnswer):
        buffered(answer)


def test_an_answer_that_is_not_json_is_malformed() -> None:
    with pytest.raises(MalformedAnswer):
        parse_buffered(b'{"statusCode": 200}' + b"\0" * 8)


def test_a_prelude_is_parsed_once_it_is_complete() -> None:
    prelude = b'{"statusCode": 200, "headers": {"A": "1"}, "cookies": ["c=1", "d=2"]}'
    assert split_prelude(prelude + b"\0" * 7) is None
    split = split_prelude(prelude + b"\0" * 8 + b"first\0bytes")
    assert split is not None
    head, rest = split
    assert head.status == 200
    assert ("set-cookie", "c=1") in head.headers
    assert ("set-cookie", "d=2") in head.headers
    assert rest == b"first\0bytes"


def test_a_prelude_without_end_within_16_kb_is_malformed() -> None:
    assert split_prelude(b" " * 16 * 1024) is None
    with pytest.raises(MalformedAnswer, match="16 KB"):
        split_prelude(b" " * (16 * 1024 + 1))


def test_a_prelude_with_a_body_in_it_is_malformed() -> None:
    with pytest.raises(MalformedAnswer, match="body"):
        split_prelude(b'{"statusCode": 200, "body": ""}' + b"\0" * 8)
