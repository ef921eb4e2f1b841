"""The ASGI request that an event becomes."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest

from lambda_stream.asgi import Scope
from lambda_stream.context import Context
from lambda_stream.http.proxy_event import MalformedEventError, read_event
from lambda_stream.http.request import read_request
from lambda_stream.runtime_api import Invocation

type MakeEvent = Callable[..., bytes]
type Read = Callable[..., tuple[Scope, bytes]]

CONTEXT = Context.of(Invocation("r", 0, "arn", None, b""), {})


@pytest.fixture
def read(make_event: MakeEvent) -> Read:
    """Return a function that reads the smallest event with some changes."""

    def read(body: str | None = None, **changes: Any) -> tuple[Scope, bytes]:
        return read_request(read_event(make_event(body, **changes)), CONTEXT)

    return read


@pytest.mark.parametrize(
    ("event_path", "path", "raw_path"),
    [
        ("/a%20b", "/a b", b"/a%20b"),
        ("/a%2Fb/c", "/a/b/c", b"/a%2Fb/c"),
        ("/gr%C3%BC%C3%9Fe", "/grüße", b"/gr%C3%BC%C3%9Fe"),
        ("/grüße x?", "/grüße x?", b"/gr%C3%BC%C3%9Fe%20x%3F"),
        ("/a;b=c@d:e+f~g", "/a;b=c@d:e+f~g", b"/a;b=c@d:e+f~g"),
        ("/100%", "/100%", b"/100%"),
        ("/%ff", "/\ufffd", b"/%ff"),
        ("", "/", b"/"),
    ],
)
def test_the_scope_has_the_path_decoded_and_raw(
    read: Read, event_path: str, path: str, raw_path: bytes
) -> None:
    scope, _ = read(path=event_path)
    assert (scope["path"], scope["raw_path"], scope["root_path"]) == (path, raw_path, "")


def test_a_repeated_header_stays_repeated(read: Read) -> None:
    scope, _ = read(
        headers={"X-Tag": "two", "x-only-here": "three"},
        multiValueHeaders={"X-Tag": ["one", "two"], "Accept": [""]},
    )
    assert scope["headers"] == [
        (b"x-tag", b"one"),
        (b"x-tag", b"two"),
        (b"accept", b""),
        (b"x-only-here", b"three"),
    ]


def test_an_event_may_have_no_headers(read: Read) -> None:
    scope, _ = read(headers=None, multiValueHeaders=None)
    assert scope["headers"] == []
    assert (scope["server"], scope["scheme"]) == (None, "https")


def test_a_headers_characters_stand_for_bytes(read: Read) -> None:
    scope, _ = read(multiValueHeaders={"x": ["caf\xe9"], "y": ["日本"]}, headers=None)
    assert scope["headers"] == [(b"x", b"caf\xe9"), (b"y", "日本".encode())]


@pytest.mark.parametrize(
    ("body", "headers", "length"),
    [
        # Flask reads no more than Content-Length says, and an event may lack it.
        ("grüße", {}, b"7"),
        ("grüße", {"Content-Length": ["5"]}, b"7"),
        (None, {"Content-Length": ["0"]}, b"0"),
        (None, {}, None),
    ],
)
def test_a_body_has_its_length(
    read: Read, body: str | None, headers: dict[str, list[str]], length: bytes | None
) -> None:
    scope, _ = read(body, headers=None, multiValueHeaders=headers)
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    assert lengths == ([] if length is None else [length])


@pytest.mark.parametrize(
    "fields",
    [
        {"multiValueQueryStringParameters": {"q": ["1", "a&b=ü"], "flag": [""]}},
        {
            "queryStringParameters": {"q": "a&b=ü", "flag": ""},
            "multiValueQueryStringParameters": {"q": ["1", "a&b=ü"], "flag": [""]},
        },
    ],
)
def test_repeated_query_parameters_are_encoded_again(read: Read, fields: dict[str, Any]) -> None:
    scope, _ = read(**fields)
    query = parse_qsl(scope["query_string"].decode("ascii"), keep_blank_values=True)
    assert query == [("q", "1"), ("q", "a&b=ü"), ("flag", "")]


def test_a_query_without_multi_value_lists_is_read(read: Read) -> None:
    scope, _ = read(queryStringParameters={"q": "1"})
    assert scope["query_string"] == b"q=1"


@pytest.mark.parametrize(
    ("headers", "scheme", "server"),
    [
        ({"host": "a.example"}, "https", ("a.example", 443)),
        ({"host": "a.example:8000"}, "https", ("a.example", 8000)),
        ({"host": "[::1]:8000", "x-forwarded-proto": "http"}, "http", ("::1", 8000)),
        ({"host": "a.example", "x-forwarded-proto": "http"}, "http", ("a.example", 80)),
        ({"host": "a.example", "x-forwarded-port": "8443"}, "https", ("a.example", 8443)),
        ({"host": "a.example", "x-forwarded-proto": "gopher"}, "https", ("a.example", 443)),
        ({"host": "a:b:c"}, "https", None),
        ({"host": "a.example", "x-forwarded-port": "x"}, "https", None),
    ],
)
def test_scheme_and_server_are_what_the_client_addressed(
    read: Read, headers: dict[str, str], scheme: str, server: tuple[str, int] | None
) -> None:
    scope, _ = read(headers=headers, multiValueHeaders=None)
    assert (scope["scheme"], scope["server"]) == (scheme, server)


@pytest.mark.parametrize(
    ("identity", "client"),
    [({"sourceIp": "192.0.2.1"}, ("192.0.2.1", 0)), ({"sourceIp": None}, None), (None, None)],
)
def test_a_client_is_given_when_it_is_known(
    read: Read, identity: object, client: tuple[str, int] | None
) -> None:
    assert read(requestContext={"identity": identity})[0]["client"] == client


def test_no_extension_is_offered_and_the_versions_are_uvicorns(read: Read) -> None:
    scope, _ = read(httpMethod="options")
    assert "extensions" not in scope
    assert scope["asgi"] == {"version": "3.0", "spec_version": "2.3"}
    assert (scope["type"], scope["http_version"], scope["method"]) == ("http", "1.1", "OPTIONS")


MALFORMED: list[dict[str, Any]] = [
    {"path": None},
    {"path": 3},
    {"path": "chat"},
    {"path": "/\ud800"},
    {"httpMethod": None},
    {"httpMethod": 1},
    {"requestContext": None},
    {"requestContext": "a context"},
    {"requestContext": {"identity": "me"}},
    {"requestContext": {"identity": {"sourceIp": 1}}},
    {"headers": ["x"]},
    {"headers": {"x": None}},
    {"headers": {"x": ["in a list"]}},
    {"headers": {"x": 1}},
    {"headers": {"ü": "a name that is no token"}},
    {"multiValueHeaders": ["x"]},
    {"multiValueHeaders": {"x": "not in a list"}},
    {"multiValueHeaders": {"x": [None]}},
    {"multiValueHeaders": {"x": ["\ud800"]}},
    {"queryStringParameters": "q=1"},
    {"queryStringParameters": {"q": None}},
    {"multiValueQueryStringParameters": {"q": None}},
    {"multiValueQueryStringParameters": {"q": [1]}},
    {"body": {"a": 1}},
    {"body": 7},
    {"body": "\ud800"},
    {"body": "plain text", "isBase64Encoded": True},
    {"body": "grüße", "isBase64Encoded": True},
    {"body": "AAEC", "isBase64Encoded": "true"},
]


@pytest.mark.parametrize("changes", MALFORMED, ids=json.dumps)
def test_a_malformed_field_is_refused_without_quoting_it(
    read: Read, changes: dict[str, Any]
) -> None:
    with pytest.raises(MalformedEventError) as raised:
        read(**changes)
    assert "plain text" not in str(raised.value)
    # The cause is dropped too, because a traceback would show it.
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize("missing", ["path", "httpMethod", "requestContext"])
def test_a_missing_field_is_refused(make_event: MakeEvent, missing: str) -> None:
    event = {name: value for name, value in json.loads(make_event()).items() if name != missing}
    with pytest.raises(MalformedEventError, match=missing):
        read_request(event, CONTEXT)


@pytest.mark.parametrize(("text", "body"), [("AAEC", b"\0\1\2"), ("", b""), (None, b"")])
def test_a_base64_body_is_decoded(read: Read, text: str | None, body: bytes) -> None:
    assert read(body=text, isBase64Encoded=True)[1] == body
