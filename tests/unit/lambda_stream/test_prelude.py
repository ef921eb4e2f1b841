"""The prelude of a streamed response."""

import json

import pytest

from lambda_stream.http.prelude import LARGEST, PreludeTooLargeError, prelude


def test_a_prelude_is_json_followed_by_eight_nul_bytes() -> None:
    head = prelude(200, [(b"x-nul", b"a\0b")])
    assert head.endswith(b"}" + b"\0" * 8)
    assert json.loads(head[:-8])["headers"] == {"x-nul": "a\0b"}
    assert head.count(b"\0") == 8


def test_a_single_cookie_is_not_a_header() -> None:
    content = json.loads(prelude(200, [(b"set-cookie", b"a=1")])[:-8])
    assert content["cookies"] == ["a=1"]
    assert content["headers"] == {}


def test_a_prelude_beyond_the_limit_of_api_gateway_is_refused() -> None:
    with pytest.raises(PreludeTooLargeError):
        prelude(200, [(b"x-long", b"a" * LARGEST)])
