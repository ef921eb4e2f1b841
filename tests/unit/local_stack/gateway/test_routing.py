"""The choice of a route for a request."""

import pytest

from local_stack.gateway.routing import Router
from local_stack.template import Route


def route(method: str, path: str) -> Route:
    return Route(path, method, f"{method} {path}", streaming=False, timeout=29)


ROUTER = Router(
    route(*each.split())
    for each in (
        "ANY /{proxy+}",
        "ANY /chatkit",
        "POST /chatkit",
        "GET /files/{id}",
        "GET /files/latest",
        "GET /files/{id}/{rest+}",
    )
)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/chatkit", "POST /chatkit"),
        ("GET", "/chatkit", "ANY /chatkit"),
        ("GET", "/files/latest", "GET /files/latest"),
        ("GET", "/files/7", "GET /files/{id}"),
        ("GET", "/files/7/a/b", "GET /files/{id}/{rest+}"),
        ("GET", "/elsewhere/deep", "ANY /{proxy+}"),
    ],
)
def test_the_most_specific_path_wins_and_then_the_method(
    method: str, path: str, expected: str
) -> None:
    match = ROUTER.match(method, path)
    assert match is not None
    assert match.route.function == expected


def test_a_path_without_the_method_does_not_fall_back_to_a_wider_path() -> None:
    assert ROUTER.match("POST", "/files/latest") is None


def test_an_unknown_path_matches_no_route() -> None:
    assert Router([route("GET", "/a")]).match("GET", "/a/b") is None


def test_path_parameters_are_decoded() -> None:
    match = ROUTER.match("GET", "/files/a%20b/c/d")
    assert match is not None
    assert match.path_parameters == {"id": "a b", "rest": "c/d"}
