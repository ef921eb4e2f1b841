"""A throttled function answers with a readable error, and its requests have no effect."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.system.e2e.service import Stack

PAGE = {"origin": "http://127.0.0.1:8000"}
BUSY = {"message": "The service is busy. Please try again in a moment.", "code": "unavailable"}


@pytest.mark.parametrize(
    ("function", "method", "path"),
    [
        ("ChatkitFunction", "POST", "/chatkit"),
        ("SessionFunction", "POST", "/api/chatkit/session"),
        ("SessionFunction", "OPTIONS", "/chatkit"),
        ("McpFunction", "POST", "/mcp"),
    ],
)
def test_a_throttled_function_is_503_json_that_any_page_can_read(
    stack: "Stack", function: str, method: str, path: str
) -> None:
    with stack.throttled(function):
        answer = stack.http.request(method, path, headers=PAGE)
    assert (answer.status_code, answer.json()) == (503, BUSY)
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_throttled_message_that_is_repeated_is_written_once(stack: "Stack") -> None:
    user = stack.user("thea")
    content = [{"type": "input_text", "text": "Thanks"}]
    asked = {"input": {"content": content, "attachments": [], "inference_options": {}}}
    # The vendor's widget repeats a message this often.
    with stack.throttled("ChatkitFunction"):
        for _ in range(5):
            assert user.ask("threads.create", **asked).status_code == 503
    assert user.ask("threads.create", **asked).status_code == 200
    [thread] = user.ask("threads.list").json()["data"]
    assert [kind for kind, _ in user.messages(thread["id"])] == [
        "user_message",
        "assistant_message",
    ]
