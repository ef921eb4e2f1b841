"""Requests beyond the limits are refused with a short message that does not repeat them."""

import json
from typing import Any

import pytest
from chatkit.types import ThreadsCreateReq, ThreadsListReq

from chat_api.api.requests import read_operation
from chatcore.errors import InvalidRequest
from tests.unit.chat_api.wire import words

DEEP: Any = "bottom"
for _ in range(9):
    DEEP = {"in": DEEP}


def request(operation: str, **params: Any) -> bytes:
    metadata = params.pop("metadata", {})
    return json.dumps({"type": operation, "params": params, "metadata": metadata}).encode()


@pytest.mark.parametrize(
    ("body", "message"),
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
def test_refusal_names_the_field_that_is_out_of_bounds(body: bytes, message: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_operation(body)
    assert refused.value.message == message


LONG = "hunter2" * 30_000
UNBOUNDED: dict[str, bytes] = {
    "operation": request(LONG),
    "operation_in_a_list": json.dumps({"type": [LONG]}).encode(),
    "content": request("threads.create", input=words("Hi", content=[{"type": LONG}])),
    "order": request("threads.list", order=LONG),
    "limit": request("threads.list", limit=LONG),
    "kind": request("items.feedback", thread_id="t", item_ids=["a"], kind=LONG),
    "thread": request("threads.get_by_id", thread_id=LONG),
    "cursor": request("threads.list", after=LONG),
    "item": request("items.feedback", thread_id="t", item_ids=[LONG], kind="positive"),
    "attachment": request("threads.create", input=words("Hi", attachments=[LONG])),
    "name_of_an_answer": request(
        "threads.add_structured_input", thread_id="t", item_id="i", input={"answers": {LONG: 1}}
    ),
    "name_in_metadata": request("threads.list", metadata={LONG: DEEP}),
    "upload_kind": request("attachments.create", name="a", size=LONG, mime_type=LONG),
}


@pytest.mark.parametrize("body", UNBOUNDED.values(), ids=UNBOUNDED)
def test_refusal_does_not_repeat_the_request(body: bytes) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_operation(body)
    assert "hunter2hunter2" not in refused.value.message
    assert len(refused.value.message) < 300


@pytest.mark.parametrize(
    ("body", "explanation"),
    [
        (request("threads.fly"), "Not a ChatKit request. type: is not an operation"),
        (b"{}", "Not a ChatKit request. type: is not an operation"),
        (
            request("threads.create", input=words("Hi", content=[{"type": "input_video"}])),
            "Not a ChatKit request. threads.create.params.input.content.0: is of no known type",
        ),
        (
            b'{"type": "threads.list", "params": {"after": "\xff"}}',
            "Not a ChatKit request. body: is not UTF-8",
        ),
        (b"\xff\xfe{}", "Not a ChatKit request. body: is not UTF-8"),
    ],
)
def test_refusal_explains_the_error(body: bytes, explanation: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_operation(body)
    assert refused.value.message == explanation


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"NaN", b"Infinity"])
@pytest.mark.parametrize("where", [b"%s", b'{"in": [%s]}'])
def test_non_finite_number_is_refused(number: bytes, where: bytes) -> None:
    body = b'{"type": "threads.list", "params": {}, "metadata": {"a": ' + where % number + b"}}"
    with pytest.raises(InvalidRequest) as refused:
        read_operation(body)
    assert refused.value.message == "metadata: holds a number that is not finite"


@pytest.mark.parametrize(
    "body",
    [
        b'{"type": "threads.list", "params": {}, "metadata": ' + b"[" * 10_000 + b"]" * 10_000,
        b'{"type": "threads.list", "params": {}, "metadata": {"a": ' + b"9" * 5_000 + b"}}",
        b'{"type": "threads.list", "params": {"limit": 1e999}}',
    ],
)
def test_unparseable_body_is_refused_with_a_short_message(body: bytes) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_operation(body)
    assert len(refused.value.message) < 200


def test_last_of_two_members_with_the_same_name_wins() -> None:
    body = b'{"type": "threads.list", "params": {"limit": 3, "limit": 5}}'
    request = read_operation(body)
    assert isinstance(request, ThreadsListReq)
    assert request.params.limit == 5


@pytest.mark.parametrize(
    ("escaped", "read"),
    [
        (r"cut \ud83d", "cut \ufffd"),
        (r"\uDE00 cut", "\ufffd cut"),
        (r"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (r"\ud83d\n", "\ufffd\n"),
        (r"whole \ud83d\ude00", "whole \U0001f600"),
        (r"a path: C:\\ud83d", r"a path: C:\ud83d"),
        (r"\\\ud83d", "\\\ufffd"),
    ],
)
def test_lone_surrogate_is_replaced(escaped: str, read: str) -> None:
    body = request("threads.create", input=words("TEXT")).replace(b"TEXT", escaped.encode())
    asked = read_operation(body)
    assert isinstance(asked, ThreadsCreateReq)
    assert asked.params.input.content[0].text == read


def test_refusal_of_too_many_attachments_names_their_bound() -> None:
    body = request("threads.create", input=words("Hi", attachments=["a"] * 10_000))
    with pytest.raises(InvalidRequest, match="must have at most 10 attachments"):
        read_operation(body)


def test_message_with_too_many_parts_is_refused() -> None:
    part = {"type": "input_text", "text": ""}
    body = request("threads.create", input=words("Hi", content=[part] * 101))
    with pytest.raises(InvalidRequest) as refused:
        read_operation(body)
    assert refused.value.message == "params.input.content: must have at most 100 parts"


def test_id_of_another_store_is_accepted() -> None:
    read_operation(request("threads.get_by_id", thread_id="550e8400-e29b:legacy~1.0@eu"))


def test_metadata_up_to_the_bound_is_accepted() -> None:
    read_operation(request("threads.list", metadata=DEEP["in"]))
