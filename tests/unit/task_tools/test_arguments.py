"""The arguments that the tools describe, and wrong, missing, extra and huge ones."""

import json
from typing import Any

import pytest

from tests.unit.mcp_api.function import Event, Function
from tests.unit.task_tools.conftest import TaskFunction

DATES = ["", "tomorrow", "2026-13-01", "2026-02-30", "20261224", "2026-12-24T00:00:00", 0, True, {}]
TEXTS: list[Any] = ["", "   ", "x" * 501, 7, True, ["a"], {"a": 1}]
TASK_TOOLS = ["get_task", "update_task", "complete_task", "reopen_task", "delete_task"]
TOOLS = ["add_task", "list_tasks", *TASK_TOOLS]


def minimal(function: TaskFunction, tool: str) -> dict[str, Any]:
    """Return arguments that a tool accepts."""
    if tool == "list_tasks":
        return {}
    if tool == "add_task":
        return {"title": "buy milk"}
    task = function.done("alice", "add_task", title="a task")["id"]
    return {"task": task} | ({"title": "another"} if tool == "update_task" else {})


def bad_values() -> list[tuple[str, str, Any]]:
    return [
        *(("add_task", "title", text) for text in [*TEXTS, None]),
        *(("add_task", "due_date", day) for day in DATES),
        *(("add_task", "priority", value) for value in ["urgent", "HIGH", 1, None]),
        *(("list_tasks", "status", value) for value in ["closed", "", 1, None]),
        *(("list_tasks", "due_before", day) for day in DATES),
        *(("list_tasks", "text", text) for text in TEXTS),
        *(("list_tasks", "cursor", text) for text in ["", "x" * 201, 7, ["a"]]),
        *((tool, "task", text) for tool in TASK_TOOLS for text in [*TEXTS, None]),
        *(("update_task", "title", text) for text in TEXTS),
        *(("update_task", "due_date", day) for day in DATES),
        *(("update_task", "remove_due_date", value) for value in ["yes", 1, None]),
        *(("update_task", "priority", value) for value in ["urgent", 1]),
    ]


@pytest.mark.parametrize(("tool", "name", "value"), bad_values())
def test_a_wrong_argument_is_named_and_changes_nothing(
    function: TaskFunction, tool: str, name: str, value: Any
) -> None:
    arguments = minimal(function, tool)
    before = function.done("alice", "list_tasks")
    refused = function.failed("alice", tool, **arguments | {name: value})
    assert name in refused
    assert f"Correct this and call {tool} again" in refused
    assert function.done("alice", "list_tasks") == before


@pytest.mark.parametrize("tool", TOOLS)
def test_an_extra_argument_is_refused(function: TaskFunction, tool: str) -> None:
    for extra in ("user", "ctx", "pk", "Title"):
        arguments = minimal(function, tool) | {extra: "alice"}
        assert extra in function.failed("alice", tool, **arguments)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_huge_argument_is_refused_with_a_short_message(function: TaskFunction, tool: str) -> None:
    arguments = minimal(function, tool)
    before = function.done("alice", "list_tasks")
    name = next(iter(arguments), "text")
    for huge in ({name: "x" * 2_000_000}, {name: ["x"] * 100_000}, {"x" * 200_000: 1}):
        refused = function.failed("alice", tool, **arguments | huge)
        assert f"Correct this and call {tool} again" in refused
        assert len(refused) < 500
    assert function.done("alice", "list_tasks") == before


@pytest.mark.parametrize("value", ["[" * 5_000 + "]" * 5_000, '"\\ud800"', "1e", '{"a": 1'])
def test_a_body_that_is_not_json_is_a_parse_error(
    function: TaskFunction, event: Event, value: str
) -> None:
    body = (
        '{"jsonrpc": "2.0", "id": 1, "method": "tools/call",'
        f' "params": {{"name": "add_task", "arguments": {{"title": {value}}}}}}}'
    )
    answer = function.send(event("mcp-list-tools", function.token("alice")) | {"body": body})
    assert answer["statusCode"] == 400
    assert json.loads(answer["body"])["error"]["code"] == -32700


@pytest.mark.parametrize("tool", [tool for tool in TOOLS if tool != "list_tasks"])
def test_a_missing_argument_is_named(function: TaskFunction, tool: str) -> None:
    assert "Field required" in function.failed("alice", tool)


def test_the_schema_declares_the_limits_of_every_argument(function: Function) -> None:
    for tool in function.listed().values():
        assert tool["inputSchema"]["additionalProperties"] is False
        for each in tool["inputSchema"]["properties"].values():
            for kind in each.get("anyOf", [each]):
                text = kind["type"] == "string"
                assert not text or {"maxLength", "enum", "pattern"} & set(kind)


def test_every_argument_is_described(function: Function) -> None:
    for tool in function.listed().values():
        assert tool["description"]
        for argument in tool["inputSchema"]["properties"].values():
            assert argument["description"]


@pytest.mark.parametrize(
    "title",
    ["null", "true", "7", '["a"]', '{"a": 1}', '"quoted"', "emoji 🥛", "é\u0301", "x" * 500],
)
def test_a_title_is_stored_unchanged(function: TaskFunction, title: str) -> None:
    task = function.done("alice", "add_task", title=title)
    assert task["title"] == title
    other = function.done("bob", "add_task", title="another")
    renamed = function.done("bob", "update_task", task=other["id"], title=title)
    assert renamed["title"] == title
    assert function.done("alice", "get_task", task=title) == task
    assert function.done("alice", "list_tasks", text=title)["tasks"] == [task]


def test_an_unknown_tool_is_reported_as_unknown(function: TaskFunction) -> None:
    assert "Unknown tool" in function.failed("alice", "drop_table")


def test_no_argument_can_name_another_user(function: TaskFunction) -> None:
    function.failed("bob", "add_task", title="mine", user="alice", ctx={"user": "alice"})
    assert function.titles("alice") == function.titles("bob") == {}
