"""The MCP function as Lambda calls it, with API Gateway's events."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from mangum import Mangum

from chatcore.ids import TimeOrderedIds
from chatcore.keys import Keys
from chatcore.tokens import CLIENT_SECRET, TOOL_TOKEN
from task_tools.api import calling_user, create_mcp_app
from task_tools.tasks import Tasks
from task_tools.tools import create_server

type Event = Callable[..., dict[str, Any]]


class Function:
    """The MCP function of a test, called as one user or another."""

    def __init__(self, keys: Keys, event: Event) -> None:
        client = boto3.client("dynamodb")
        now = datetime(2026, 11, 21, tzinfo=UTC)
        tasks = Tasks(lambda: client, "tasks", TimeOrderedIds(), now=lambda: now)
        self._server = create_server(tasks, calling_user)
        self._keys = keys
        self._event = event

    def token(self, user: str) -> str:
        return TOOL_TOKEN.mint(self._keys.current(), user, scope="tasks").token

    def send(self, event: dict[str, Any]) -> dict[str, Any]:
        # As the handler does: an application for each event.
        app = create_mcp_app(self._server, self._keys, allowed_origins=("http://127.0.0.1:8000",))
        context: Any = object()
        answer: dict[str, Any] = Mangum(app, lifespan="on")(event, context)
        return answer

    def tool(self, user: str, name: str, /, **arguments: object) -> dict[str, Any]:
        """Call a tool; its result, `isError` among it."""
        event = self._event("mcp-add-task", self.token(user))
        request = json.loads(event["body"])
        request["params"] = {"name": name, "arguments": arguments}
        answer = self.send(event | {"body": json.dumps(request)})
        result: dict[str, Any] = json.loads(answer["body"])["result"]
        return result

    def titles(self, user: str) -> dict[str, str]:
        tasks = self.tool(user, "list_tasks")["structuredContent"]["tasks"]
        return {task["title"]: task["status"] for task in tasks}


@pytest.fixture
def function(
    keys: Keys, event: Event, create_table: Callable[[str], None], current_loop: None
) -> Function:
    create_table("tasks")
    return Function(keys, event)


def test_the_tools_of_the_task_list_are_offered(function: Function, event: Event) -> None:
    answer = function.send(event("mcp-list-tools", function.token("alice")))
    names = {tool["name"] for tool in json.loads(answer["body"])["result"]["tools"]}
    assert answer["statusCode"] == 200
    assert names == {"add_task", "list_tasks", "update_task", "complete_task", "delete_task"}


def test_every_tool_gives_all_four_hints(function: Function, event: Event) -> None:
    answer = function.send(event("mcp-list-tools", function.token("alice")))
    for tool in json.loads(answer["body"])["result"]["tools"]:
        hints = {"readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"}
        assert hints <= set(tool["annotations"])


def test_a_task_is_added_renamed_completed_and_deleted(function: Function) -> None:
    task = function.tool("alice", "add_task", title="buy milk")["structuredContent"]
    assert function.titles("alice") == {"buy milk": "open"}
    function.tool("alice", "update_task", task_id=task["id"], title="buy oat milk")
    function.tool("alice", "complete_task", task_id=task["id"])
    assert function.titles("alice") == {"buy oat milk": "done"}
    deleted = function.tool("alice", "delete_task", task_id=task["id"])["structuredContent"]
    assert deleted["title"] == "buy oat milk"
    assert function.titles("alice") == {}


def test_tasks_are_listed_in_the_order_they_were_added(function: Function) -> None:
    for title in ("one", "two", "three"):
        function.tool("alice", "add_task", title=title)
    assert list(function.titles("alice")) == ["one", "two", "three"]


def test_pages_go_on_where_the_last_one_ended_and_end(function: Function) -> None:
    added = [f"task {number}" for number in range(105)]
    for title in added:
        function.tool("alice", "add_task", title=title)
    first = function.tool("alice", "list_tasks")["structuredContent"]
    second = function.tool("alice", "list_tasks", cursor=first["next_cursor"])["structuredContent"]
    assert [task["title"] for page in (first, second) for task in page["tasks"]] == added
    assert (len(first["tasks"]), second["next_cursor"]) == (100, None)


def test_two_users_never_see_or_change_each_other_s_tasks(function: Function) -> None:
    task = function.tool("alice", "add_task", title="secret")["structuredContent"]
    assert function.titles("bob") == {}
    for tool, more in (("complete_task", {}), ("delete_task", {}), ("update_task", {"title": "x"})):
        assert function.tool("bob", tool, task_id=task["id"], **more)["isError"]
    assert function.titles("alice") == {"secret": "open"}


def test_a_user_name_cannot_reach_into_another_s_partition(function: Function) -> None:
    function.tool("al", "add_task", title="al's")
    assert function.titles("al#") == function.titles("al%23") == {}


def test_a_missing_task_is_told_with_the_next_step(function: Function) -> None:
    result = function.tool("alice", "complete_task", task_id="task_9")
    assert result["isError"]
    assert "no task task_9. Call list_tasks" in result["content"][0]["text"]


@pytest.mark.parametrize(
    "arguments", [{}, {"title": ""}, {"title": "  "}, {"title": "x" * 201}, {"title": 7}]
)
def test_bad_arguments_change_nothing(function: Function, arguments: dict[str, Any]) -> None:
    assert function.tool("alice", "add_task", **arguments)["isError"]
    assert function.titles("alice") == {}


def test_no_argument_can_name_another_user(function: Function) -> None:
    function.tool("bob", "add_task", title="mine", user="alice", ctx={"user": "alice"})
    assert function.titles("alice") == {}
    assert function.titles("bob") == {"mine": "open"}


def test_without_a_tool_token_nothing_is_answered(
    function: Function, event: Event, keys: Keys
) -> None:
    client_secret = CLIENT_SECRET.mint(keys.current(), "alice", sid="s", scope="tasks").token
    for token in ("", "rubbish", client_secret):
        assert function.send(event("mcp-list-tools", token))["statusCode"] == 401


def test_a_token_for_other_tools_is_forbidden(function: Function, event: Event, keys: Keys) -> None:
    token = TOOL_TOKEN.mint(keys.current(), "alice", scope="calendar").token
    answer = function.send(event("mcp-list-tools", token))
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (403, "forbidden")


def test_a_forged_authorizer_is_not_believed(function: Function, event: Event) -> None:
    forged = event("mcp-list-tools")
    forged["requestContext"]["authorizer"] = {"sub": "alice", "principalId": "alice"}
    assert function.send(forged)["statusCode"] == 401


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_other_methods_than_post_are_405_at_once(
    function: Function, event: Event, method: str
) -> None:
    asked = event("mcp-list-tools", function.token("alice")) | {"httpMethod": method}
    answer = function.send(asked)
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (405, "method_not_allowed")


def test_a_deleted_task_is_not_brought_back_by_a_late_change(
    create_table: Callable[[str], None],
) -> None:
    create_table("tasks")
    client = boto3.client("dynamodb")
    tasks = Tasks(lambda: client, "tasks", TimeOrderedIds())
    task = tasks.add("alice", "buy milk")

    class DeletedInBetween:
        """DynamoDB, where another call deletes the task between the read and the write."""

        def get_item(self, **arguments: Any) -> Any:
            row = client.get_item(**arguments)
            tasks.delete("alice", task.id)
            return row

        def put_item(self, **arguments: Any) -> Any:
            return client.put_item(**arguments)

    racing: Any = DeletedInBetween()
    with pytest.raises(Exception, match=task.id):
        Tasks(lambda: racing, "tasks", TimeOrderedIds()).change("alice", task.id, status="done")
    assert tasks.page("alice", cursor=None).tasks == []
