import json
from typing import Any

import pytest

from chat_api.operations import read_operation
from chatcore.errors import InvalidRequest
from tests.chat_api.wire import words

DEEP: Any = "bottom"
for _ in range(9):
    DEEP = {"in": DEEP}


def request(operation: str, **params: Any) -> bytes:
    metadata = params.pop("metadata", {})
    return json.dumps({"type": operation, "params": params, "metadata": metadata}).encode()


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (request("threads.get_by_id", thread_id="x" * 201), "params.thread_id: is not an id"),
        (request("threads.get_by_id", thread_id=""), "params.thread_id: is not an id"),
        (request("threads.get_by_id", thread_id="a#b"), "params.thread_id: is not an id"),
        (request("threads.get_by_id", thread_id="a\u0000"), "params.thread_id: is not an id"),
        (request("threads.list", after="../x"), "params.after: is not an id"),
        (
            request("items.feedback", thread_id="t", item_ids=["ok", "no way"], kind="positive"),
            "params.item_ids: is not an id",
        ),
        (
            request("items.feedback", thread_id="t", item_ids=["a"] * 101, kind="positive"),
            "params.item_ids: must have at most 100 ids",
        ),
        (
            request("threads.create", input=words("Hi", attachments=["a"] * 11)),
            "params.input.attachments: must have at most 10 attachments",
        ),
        (
            request("threads.create", input=words("Hi", attachments=["a b"])),
            "params.input.attachments: is not an id",
        ),
        (request("threads.list", metadata=DEEP), "metadata: is nested more than 8 deep"),
        (
            request("threads.add_client_tool_output", thread_id="t", result=DEEP),
            "params.result: is nested more than 8 deep",
        ),
        (
            request("threads.custom_action", thread_id="t", action={"type": "a", "payload": DEEP}),
            "params.action.payload: is nested more than 8 deep",
        ),
    ],
)
def test_what_is_out_of_bounds_is_refused_by_name(body: bytes, named: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_operation(body)
    assert refused.value.message == named


def test_an_id_of_another_store_is_taken() -> None:
    read_operation(request("threads.get_by_id", thread_id="550e8400-e29b:legacy~1.0@eu"))


def test_metadata_up_to_the_bound_is_taken() -> None:
    read_operation(request("threads.list", metadata=DEEP["in"]))
