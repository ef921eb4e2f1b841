"""How API Gateway's Lambda proxy integration reads a function's answer.

Sources: Amazon API Gateway Developer Guide, "Output format of a Lambda function for proxy
integration", "Response streaming for Lambda proxy integrations" and "Important notes" (the
headers that are renamed).
"""

import json
import re
from dataclasses import dataclass
from typing import Any

PRELUDE_END = b"\0" * 8
PRELUDE_LIMIT = 16 * 1024

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")
_BUFFERED_KEYS = frozenset(
    {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
)
_PRELUDE_KEYS = frozenset({"statusCode", "headers", "multiValueHeaders", "cookies"})
_RENAMED = frozenset(
    {"connection", "content-length", "content-md5", "date", "host", "server", "www-authenticate"}
)
_NEVER_PASSED = frozenset({"keep-alive", "te", "trailer", "transfer-encoding", "upgrade"})


class MalformedAnswer(Exception):
    """The integration does not understand the function's answer."""


@dataclass(frozen=True)
class AnswerHead:
    """The status and headers of an answer, with the names that API Gateway gives to headers."""

    status: int
    headers: tuple[tuple[str, str], ...]


def parse_buffered(payload: bytes) -> tuple[AnswerHead, bytes]:
    """Return the head and body of a buffered answer. Raise MalformedAnswer.

    A base64 body is not decoded, as in an API without BinaryMediaTypes.
    """
    answer = _mapping(payload, _BUFFERED_KEYS)
    body = answer.get("body")
    if not isinstance(body, str | None):
        raise MalformedAnswer("body is not a string")
    return _head(answer), (body or "").encode()


def split_prelude(received: bytes) -> tuple[AnswerHead, bytes] | None:
    """Return the head and first bytes of a streamed answer; None until its prelude is complete.

    Raise MalformedAnswer.
    """
    prelude, end, rest = received.partition(PRELUDE_END)
    if len(prelude) > PRELUDE_LIMIT:
        raise MalformedAnswer("no 8 NUL bytes within the first 16 KB")
    if not end:
        return None
    return _head(_mapping(prelude, _PRELUDE_KEYS)), rest


def _mapping(payload: bytes, keys: frozenset[str]) -> dict[str, Any]:
    try:
        answer = json.loads(payload)
    except ValueError as error:
        raise MalformedAnswer("the answer is not JSON") from error
    if not isinstance(answer, dict):
        raise MalformedAnswer("the answer is not an object")
    unknown = sorted(answer.keys() - keys)
    if unknown:
        raise MalformedAnswer(f"the answer has {', '.join(unknown)}")
    return answer


def _head(answer: dict[str, Any]) -> AnswerHead:
    try:
        status = int(answer["statusCode"])
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedAnswer("statusCode is not a number") from error
    if not 100 <= status <= 599:
        raise MalformedAnswer(f"statusCode is {status}")
    pairs = [*_single(answer), *_multiple(answer), *_cookies(answer)]
    return AnswerHead(status, tuple(_passed_on(pairs)))


def _single(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the pairs of `headers`, except those that `multiValueHeaders` repeats."""
    repeated = {(name.lower(), value) for name, value in _multiple(answer)}
    headers = _object(answer, "headers").items()
    pairs = [(name, _scalar(name, value)) for name, value in headers]
    return [(name, value) for name, value in pairs if (name.lower(), value) not in repeated]


def _multiple(answer: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = []
    for name, values in _object(answer, "multiValueHeaders").items():
        if not isinstance(values, list):
            raise MalformedAnswer(f"multiValueHeaders: {name} is not a list")
        pairs += [(name, _scalar(name, value)) for value in values]
    return pairs


def _cookies(answer: dict[str, Any]) -> list[tuple[str, str]]:
    cookies = answer.get("cookies") or []
    if not isinstance(cookies, list):
        raise MalformedAnswer("cookies is not a list")
    return [("set-cookie", _scalar("cookies", cookie)) for cookie in cookies]


def _object(answer: dict[str, Any], name: str) -> dict[str, Any]:
    value = answer.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise MalformedAnswer(f"{name} is not an object")
    return value


def _scalar(name: str, value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise MalformedAnswer(f"{name} has a value that is not a string")


def _passed_on(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the headers as API Gateway passes them on.

    Some are renamed, hop-by-hop headers are dropped, and a missing Content-Type is added.
    """
    for name, value in pairs:
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise MalformedAnswer(f"{name!r} is not a valid header, or its value is not")
    lowercased = [(name.lower(), value) for name, value in pairs]
    kept = [
        (f"x-amzn-remapped-{name}" if name in _RENAMED else name, value)
        for name, value in lowercased
        if name not in _NEVER_PASSED
    ]
    if not any(name == "content-type" for name, _ in kept):
        kept.append(("content-type", "application/json"))
    return kept
