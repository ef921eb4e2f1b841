"""Which arguments reach a tool's function, and as which types."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, TypedDict

import pytest
from pydantic import BaseModel, Field

from tests.unit.mcp_api.conftest import Offer, Wiping
from tests.unit.mcp_api.function import Event


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"count": 3, "force": True}, "force: Extra inputs are not permitted"),
        ({"count": "3"}, "count: Input should be a valid integer"),
        ({"count": True}, "count: Input should be a valid integer"),
        ({"count": 3.0}, "count: Input should be a valid integer"),
        ({"count": None}, "count: Input should be a valid integer"),
        ({}, "count: Field required"),
        ({"count": 3, "call": {"user": "bob"}}, "call: Extra inputs are not permitted"),
    ],
)
def test_invalid_arguments_never_reach_the_function(
    offer: Offer, arguments: dict[str, Any], fault: str
) -> None:
    wiping = Wiping()
    function = offer(wiping.wipe)
    assert function.failed("alice", "wipe", **arguments) == (
        f"{fault}. Nothing was changed. Correct this and call wipe again."
    )
    assert wiping.runs == 0


class Color(Enum):
    RED = "red"


class Size(BaseModel):
    width: int


@dataclass
class Box:
    width: int


class Shape(TypedDict):
    width: int


ACCEPTED: list[tuple[Any, Any, Any]] = [
    (float, 3, 3.0),
    (bool, True, True),
    (date, "2026-12-24", date(2026, 12, 24)),
    (Color, "red", Color.RED),
    (Literal["a", "b"], "a", "a"),
    (Size, {"width": 1}, Size(width=1)),
    (list[Size], [{"width": 1}], [Size(width=1)]),
    (Box, {"width": 1}, Box(1)),
    (Shape, {"width": 1}, {"width": 1}),
    (dict[str, int], {"any": 1}, {"any": 1}),
    (tuple[int, int], [1, 2], (1, 2)),
    (Decimal, "1.5", Decimal("1.5")),
    (int | None, None, None),
    (str, '{"a": 1}', '{"a": 1}'),
    (str | list[str], '["a"]', '["a"]'),
    (Annotated[int, Field(le=3, description="How many.")], 3, 3),
]


@pytest.mark.parametrize(("kind", "sent", "received"), ACCEPTED)
def test_an_argument_of_any_type_is_received_as_sent(
    offer: Offer, kind: Any, sent: Any, received: Any
) -> None:
    got: list[Any] = []

    def take(value: Any) -> bool:
        """Take a value."""
        got.append(value)
        return True

    take.__annotations__["value"] = kind
    assert not offer(take).tool("alice", "take", value=sent)["isError"]
    assert got == [received]


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        (float, "3"),
        (float, True),
        (bool, 1),
        (bool, "true"),
        (str, 3),
        (date, 20261224),
        (date, "tomorrow"),
        (Color, "blue"),
        (Color, "RED"),
        (Literal["a", "b"], "c"),
        (Size, {"width": "1"}),
        (Size, {"width": 1, "depth": 2}),
        (Size, '{"width": 1}'),
        (list[Size], [{"width": 1, "depth": 2}]),
        (list[int], "[1]"),
        (Box, {"width": 1, "depth": 2}),
        (Box, {"width": "1"}),
        (Shape, {"width": 1, "depth": 2}),
        (Shape, {"width": "1"}),
        (int | None, "3"),
        (Annotated[int, Field(le=3)], 4),
    ],
)
def test_a_value_of_another_type_is_refused_at_any_depth(
    offer: Offer, kind: Any, sent: Any
) -> None:
    def take(value: Any) -> bool:
        """Take a value."""
        raise AssertionError

    take.__annotations__["value"] = kind
    assert "Correct this and call take again" in offer(take).failed("alice", "take", value=sent)


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
def test_a_number_that_json_does_not_have_is_refused(
    offer: Offer, event: Event, number: str
) -> None:
    took: list[float] = []

    def take(value: float) -> bool:
        """Take a value."""
        took.append(value)
        return True

    function = offer(take)
    body = (
        '{"jsonrpc": "2.0", "id": 1, "method": "tools/call",'
        f' "params": {{"name": "take", "arguments": {{"value": {number}}}}}}}'
    )
    answer = function.send(event("mcp-list-tools", function.token("alice")) | {"body": body})
    result = json.loads(answer["body"])["result"]
    assert result["content"][0]["text"].startswith("Every number must be finite.")
    assert took == []


def test_the_schema_is_closed_at_every_depth(offer: Offer) -> None:
    def take(size: Size, boxes: list[Box], shape: Shape, more: dict[str, int]) -> bool:
        """Take a value."""
        return True

    schema = offer(take).listed()["take"]["inputSchema"]
    nested = schema["$defs"].values()
    assert [each["additionalProperties"] for each in (schema, *nested)] == [False] * 4
    assert schema["properties"]["more"]["additionalProperties"] == {"type": "integer"}


def test_a_missing_argument_has_its_default(offer: Offer) -> None:
    def take(text: str | None = None, count: int = 2, on: date = date(2026, 12, 24)) -> str:
        """Take a value."""
        return f"{text} {count} {on}"

    result = offer(take).tool("alice", "take")
    assert result["structuredContent"] == {"result": "None 2 2026-12-24"}


def test_an_argument_may_have_a_name_that_pydantic_uses(offer: Offer) -> None:
    def take(copy: int, json: int) -> int:
        """Take values."""
        return copy + json

    function = offer(take)
    assert function.tool("alice", "take", copy=1, json=2)["structuredContent"] == {"result": 3}
    assert "field_copy" in function.failed("alice", "take", field_copy=1, copy=1, json=2)
