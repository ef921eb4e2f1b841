"""The verification of signatures, against AWS's published examples and against botocore."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_stack.model.bedrock.sigv4 import Authorization, Request, Scope, is_signed

type Change = Callable[[Request], Request]

# AWS's documentation and its test suite sign with this key.
KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TIME = "20150830T123600Z"
HEADERS = (("host", "example.amazonaws.com"), ("x-amz-date", TIME))


def claim(
    signature: str, names: str = "host;x-amz-date", service: str = "service"
) -> Authorization:
    scope = Scope("20150830", "us-east-1", service)
    return Authorization(KEY, scope, tuple(names.split(";")), signature)


@pytest.mark.parametrize(
    ("request_", "claimed"),
    [
        # get-vanilla, post-vanilla and get-vanilla-query-order-key-case of the suite.
        (
            Request("GET", "/", "", HEADERS, b""),
            claim("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ),
        (
            Request("POST", "/", "", HEADERS, b""),
            claim("5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        ),
        (
            Request("GET", "/", "Param2=value2&Param1=value1", HEADERS, b""),
            claim("b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
        ),
        # The example of the IAM User Guide.
        (
            Request(
                "GET",
                "/",
                "Action=ListUsers&Version=2010-05-08",
                (
                    ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
                    ("host", "iam.amazonaws.com"),
                    ("x-amz-date", TIME),
                ),
                b"",
            ),
            claim(
                "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
                "content-type;host;x-amz-date",
                "iam",
            ),
        ),
    ],
)
def test_aws_published_examples_are_verified(request_: Request, claimed: Authorization) -> None:
    assert is_signed(request_, claimed, SECRET, TIME)
    assert not is_signed(request_, claimed, f"{SECRET}x", TIME)


def signed(
    url: str = "http://127.0.0.1:9/openai/v1/responses", body: bytes = b'{"a": 1}', **headers: str
) -> tuple[Request, Authorization]:
    """Return a request as botocore signs it, with a session token."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = AWSRequest("POST", url, headers={"Content-Type": "application/json"} | named, data=body)
    SigV4Auth(Credentials(KEY, SECRET, "token"), "bedrock", "eu-central-1").add_auth(asked)
    address, _, query = url.partition("?")
    host, _, path = address.removeprefix("http://").partition("/")
    sent = tuple((name.lower(), value) for name, value in asked.headers.items())
    request = Request("POST", f"/{path}", query, (("host", host), *sent), body)
    claimed = Authorization.parse(request.header("authorization") or "")
    assert claimed is not None
    return request, claimed


def verified(request: Request, claimed: Authorization) -> bool:
    return is_signed(request, claimed, SECRET, request.header("x-amz-date") or "")


@pytest.mark.parametrize(
    "url",
    [
        "http://h/openai/v1/responses",
        "http://h:8100/",
        "http://h",
        "http://h/a//b/./c/../d/",
        "http://h/a%20b/%C3%BC/x:y*(z)",
        "http://h/a?b=2&a=1&b=1&empty=&c",
        "http://h/a?x=%2F%20~%2B&y=%C3%BC",
    ],
)
def test_what_botocore_signs_is_verified(url: str) -> None:
    assert verified(*signed(url))


def test_spaces_within_a_header_do_not_matter() -> None:
    assert verified(*signed(x_note="  two   spaces "))


def test_an_empty_body_is_verified() -> None:
    assert verified(*signed(body=b""))


def with_header(name: str, value: str) -> Change:
    def changed(request: Request) -> Request:
        headers = tuple((n, value if n == name else v) for n, v in request.headers)
        assert headers != request.headers
        return replace(request, headers=headers)

    return changed


@pytest.mark.parametrize(
    "changed",
    [
        lambda request: replace(request, method="PUT"),
        lambda request: replace(request, path="/openai/v1/chat/completions"),
        lambda request: replace(request, query="a=1"),
        lambda request: replace(request, body=b'{"a": 2}'),
        lambda request: replace(request, body=b""),
        with_header("host", "127.0.0.1:10"),
        with_header("content-type", "text/plain"),
        with_header("x-amz-security-token", "other"),
        with_header("x-amz-date", "20150830T123600Z"),
    ],
)
def test_a_changed_request_is_not_verified(changed: Change) -> None:
    request, claimed = signed()
    assert not verified(changed(request), claimed)


def test_a_header_that_aws_acts_on_must_be_signed() -> None:
    request, claimed = signed()
    more = replace(request, headers=(*request.headers, ("x-amz-target", "any")))
    assert not verified(more, claimed)


@pytest.mark.parametrize(
    "change", [{"region": "us-east-1"}, {"service": "s3"}, {"date": "20150830"}]
)
def test_a_changed_scope_is_not_verified(change: dict[str, str]) -> None:
    request, claimed = signed()
    assert not verified(request, replace(claimed, scope=replace(claimed.scope, **change)))


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer any",
        "AWS4-HMAC-SHA256 Credential=key, SignedHeaders=host, Signature=0",
        "AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, Signature=" + "0" * 64,
        "AWS4-HMAC-SHA1 Credential=a/20150830/r/s/aws4_request, SignedHeaders=host, Signature="
        + "0" * 64,
    ],
)
def test_another_authorization_is_not_parsed(header: str) -> None:
    assert Authorization.parse(header) is None
