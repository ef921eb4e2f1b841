"""A turn in the form in which the transcript stores it."""

from typing import Any

from agents.models.chatcmpl_converter import Converter

from chat_api.conversation.history import turn_for_model
from chat_api.model.input.trimming import size_of

USER_MESSAGE = [
    {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
]
CALL = {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "f", "arguments": "{}"}
RESULT = {"type": "function_call_output", "call_id": "c1", "output": "[]"}
THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}


def message(text: str) -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": []}
    return {"type": "message", "id": "m", "role": "assistant", "content": [part]}


def assistant_text(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def test_turn_has_the_message_the_calls_and_the_answer() -> None:
    turn = turn_for_model(USER_MESSAGE, [CALL, RESULT, message("Nothing.")], ["Nothing."])
    bare = {name: value for name, value in CALL.items() if name != "id"}
    assert turn == [*USER_MESSAGE, bare, RESULT, assistant_text("Nothing.")]


def test_both_apis_accept_a_stored_turn() -> None:
    turn = turn_for_model(USER_MESSAGE, [CALL, RESULT, message("Nothing.")], ["Nothing.", "Cut"])
    roles = [each["role"] for each in Converter.items_to_messages(turn)]
    assert roles == ["user", "assistant", "tool", "assistant", "assistant"]


def test_call_without_a_result_is_dropped_with_its_reasoning() -> None:
    assert turn_for_model(USER_MESSAGE, [THOUGHT, CALL], []) == USER_MESSAGE
    assert turn_for_model(USER_MESSAGE, [THOUGHT], []) == USER_MESSAGE


def test_encrypted_reasoning_is_not_stored() -> None:
    turn = turn_for_model(USER_MESSAGE, [THOUGHT, CALL, RESULT], [])
    assert [item["type"] for item in turn[1:]] == ["function_call", "function_call_output"]


def test_turn_is_stored_within_the_next_turns_budget() -> None:
    long = RESULT | {"output": "x" * 90_000}
    turn = turn_for_model(USER_MESSAGE, [CALL, long], ["y" * 90_000], 20_000)
    assert size_of(turn) <= 20_000
    assert turn[0] == USER_MESSAGE[0]


def test_reasoning_that_the_endpoint_cannot_accept_back_is_dropped() -> None:
    bare = {"type": "reasoning", "id": "rs_1", "summary": []}
    assert turn_for_model(USER_MESSAGE, [bare, message("Hi")], []) == [
        *USER_MESSAGE,
        assistant_text("Hi"),
    ]


def test_unfinished_text_is_kept() -> None:
    assert turn_for_model(USER_MESSAGE, [], ["Once upon"]) == [
        *USER_MESSAGE,
        assistant_text("Once upon"),
    ]
