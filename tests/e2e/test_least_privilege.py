"""What each function calls of AWS, against what its role in the template allows."""

from base64 import b64encode
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
# How botocore names a service, and how IAM does.
IAM_NAMES = {
    "DynamoDB": "dynamodb",
    "Lambda": "lambda",
    "S3": "s3",
    "Secrets Manager": "secretsmanager",
}
# What IAM calls an operation, where the service calls it otherwise.
IAM_ACTIONS = {"lambda:Invoke": "lambda:InvokeFunction", "s3:DeleteObjects": "s3:DeleteObject"}
# Lambda itself writes the logs with the function's role.
BY_LAMBDA = {"logs:CreateLogStream", "logs:PutLogEvents"}
# Only a role with this is told by GetObject that an object is missing, not that it is forbidden.
BY_GET_OBJECT = {"s3:ListBucket"}
FUNCTIONS = ["SessionFunction", "ChatkitFunction", "McpFunction"]


class _LongForm(yaml.SafeLoader):
    """Reads `!Ref x` as `{"Ref": "x"}`, and so on."""


def _intrinsic(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.SequenceNode):
        return {tag: loader.construct_sequence(node, deep=True)}
    return {tag: node.value}


_LongForm.add_multi_constructor("!", _intrinsic)


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    template = yaml.load((ROOT / "template.yaml").read_text(), _LongForm)
    found: dict[str, Any] = template["Resources"]
    return found


def statements(resources: dict[str, Any], function: str) -> list[dict[str, Any]]:
    role = resources[function]["Properties"]["Role"]["GetAtt"].removesuffix(".Arn")
    properties = resources[role]["Properties"]
    assert "ManagedPolicyArns" not in properties
    [policy] = properties["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def show_over_mcp(stack: Any, user: str, title: str) -> None:
    """Look a task up by its title and by its id, as an MCP client of the user."""
    asked = {"user": user, "audience": f"{stack.address}/mcp"}
    token = stack.http.post("/local/token", json=asked).json()["token"]
    headers = {"authorization": f"Bearer {token}", "accept": "application/json, text/event-stream"}
    name = title
    for _ in range(2):
        params = {"name": "get_task", "arguments": {"task": name}}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        answer = stack.http.post("/mcp", json=body, headers=headers).json()
        name = answer["result"]["structuredContent"]["id"]


@pytest.fixture(scope="module")
def every_operation(stack: Any) -> None:
    """Everything that a user can do, so that each function makes each kind of its calls."""
    user = stack.user("pia")
    thread = user.say("Add a task to buy milk and add a task to call mum").thread
    # More than a row takes, also when it is compressed.
    user.say(b64encode(Random(1).randbytes(140_000)).decode(), thread)
    user.say("Rename buy milk to buy oat milk", thread)
    user.say("Mark call mum as done", thread)
    user.say("Delete call mum", thread)
    show_over_mcp(stack, "pia", "buy oat milk")
    [first, *_] = user.ask("items.list", thread_id=thread, order="asc").json()["data"]
    assert user.session("GET").json()["state"] == "active"
    operations: list[tuple[str, dict[str, str]]] = [
        ("threads.retry_after_item", {"thread_id": thread, "item_id": first["id"]}),
        ("threads.list", {}),
        ("threads.update", {"thread_id": thread, "title": "Errands"}),
        ("threads.delete", {"thread_id": thread}),
    ]
    for operation, params in operations:
        assert user.ask(operation, **params).status_code == 200


@pytest.mark.usefixtures("every_operation")
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_do_what_it_does_and_nothing_else(
    stack: Any, resources: dict[str, Any], function: str
) -> None:
    called = {
        IAM_ACTIONS.get(action, action)
        for service, api in stack.aws_calls(function)
        for action in [f"{IAM_NAMES[service]}:{api}"]
    }
    allowed = {
        action
        for statement in statements(resources, function)
        for action in listed(statement["Action"])
    }
    assert called == allowed - BY_LAMBDA - BY_GET_OBJECT


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_is_allowed_on_everything(resources: dict[str, Any], function: str) -> None:
    for statement in statements(resources, function):
        assert statement["Effect"] == "Allow"
        for action in listed(statement["Action"]):
            assert "*" not in action
        for resource in listed(statement["Resource"]):
            [(how, name)] = resource.items()
            if how == "Sub":
                # Some of the objects in a bucket: by the beginning of their names.
                name, _, kind = name.removeprefix("${").removesuffix("/*").partition("}/")
                assert kind.isalpha()
            assert how in ("GetAtt", "Ref", "Sub")
            assert name.removesuffix(".Arn") in resources
