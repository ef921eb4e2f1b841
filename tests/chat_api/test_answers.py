from typing import Any

from agents.models.chatcmpl_converter import Converter

from chat_api.conversation.history import turn_for_model
from chat_api.model.input.trimming import size_of

SAID = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}]
CALL = {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "f", "arguments": "{}"}
RESULT = {"type": "function_call_output", "call_id": "c1", "output": "[]"}
THOUGHT = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}


def message(text: str) -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": []}
    return {"type": "message", "id": "m", "role": "assistant", "content": [part]}


def said_by_assistant(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def test_a_turn_is_what_was_said_done_and_answered() -> None:
    turn = turn_for_model(SAID, [CALL, RESULT, message("Nothing.")], ["Nothing."])
    bare = {name: value for name, value in CALL.items() if name != "id"}
    assert turn == [*SAID, bare, RESULT, said_by_assistant("Nothing.")]


def test_a_turn_is_taken_by_both_apis_of_the_model() -> None:
    turn = turn_for_model(SAID, [CALL, RESULT, message("Nothing.")], ["Nothing.", "Cut"])
    roles = [each["role"] for each in Converter.items_to_messages(turn)]
    assert roles == ["user", "assistant", "tool", "assistant", "assistant"]


def test_a_call_without_its_result_is_left_out_with_the_reasoning_that_led_to_it() -> None:
    assert turn_for_model(SAID, [THOUGHT, CALL], []) == SAID
    assert turn_for_model(SAID, [THOUGHT], []) == SAID


def test_encrypted_reasoning_is_not_stored() -> None:
    turn = turn_for_model(SAID, [THOUGHT, CALL, RESULT], [])
    assert [item["type"] for item in turn[1:]] == ["function_call", "function_call_output"]


def test_a_turn_is_stored_within_the_budget_of_the_next_one() -> None:
    long = RESULT | {"output": "x" * 90_000}
    turn = turn_for_model(SAID, [CALL, long], ["y" * 90_000], 20_000)
    assert size_of(turn) <= 20_000
    assert turn[0] == SAID[0]


def test_reasoning_that_the_endpoint_could_not_take_back_is_left_out() -> None:
    bare = {"type": "reasoning", "id": "rs_1", "summary": []}
    assert turn_for_model(SAID, [bare, message("Hi")], []) == [*SAID, said_by_assistant("Hi")]


def test_what_was_read_but_never_finished_is_kept() -> None:
    assert turn_for_model(SAID, [], ["Once upon"]) == [*SAID, said_by_assistant("Once upon")]
