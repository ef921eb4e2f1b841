"""The AWS calls of each function match the permissions of its role in the template."""

from base64 import b64encode
from random import Random

import pytest

from tests.recordings import dictation
from tests.system.e2e.generated_images import fetched, image_in
from tests.system.e2e.roles import Grant, grants
from tests.system.e2e.service import ROOT, Stack, parameters_of

FUNCTIONS = ["SessionFunction", "ChatkitFunction", "McpFunction"]
# With these parameters, every policy that depends on a condition exists.
EVERY_POLICY = {
    "AcceptIdentityTokens": "true",
    "McpAudience": "https://api.example.com/mcp",
    "ToolServers": '[{"name": "weather", "url": "https://weather.example.com/mcp"}]',
    "ModelsParameter": "/chatkit/models",
    "BedrockEndpoints": "both",
}
BEDROCK = "arn:aws:bedrock"
# A model may be in a different region than the stack, and foundation models belong to no account.
BEDROCK_MODELS = {
    f"{BEDROCK}:*::foundation-model/*",
    f"{BEDROCK}:*:123456789012:application-inference-profile/*",
    f"{BEDROCK}:*:123456789012:inference-profile/*",
}
# Only with this permission does S3 report a missing object as missing instead of forbidden.
FOR_GET_OBJECT = Grant("ChatkitFunction", "s3:ListBucket", "arn:aws:s3:::local-filesbucket")


@pytest.fixture(scope="module")
def granted() -> frozenset[Grant]:
    return grants(ROOT / "template.yaml", parameters_of({}))


def get_task_over_mcp(stack: Stack, user: str, title: str) -> None:
    """Find a task by its title and by its id, as an MCP client of the user."""
    asked = {"user": user, "audience": f"{stack.address}/mcp"}
    token = stack.http.post("/local/token", json=asked).json()["token"]
    headers = {"authorization": f"Bearer {token}", "accept": "application/json, text/event-stream"}
    task = title
    for _ in range(2):
        params = {"name": "get_task", "arguments": {"task": task}}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        answer = stack.http.post("/mcp", json=body, headers=headers).json()
        task = answer["result"]["structuredContent"]["id"]


@pytest.fixture(scope="module")
def every_operation(stack: Stack) -> None:
    """Use the service until each function has made every kind of AWS call that its role allows."""
    user = stack.user("pia")
    thread = user.say("Add a task to buy milk and add a task to call Mom").thread
    # Too long for a row, even compressed.
    user.say(b64encode(Random(1).randbytes(140_000)).decode(), thread)
    assert fetched(image_in(user.say("Draw a cat", thread).events)).status_code == 200
    user.say("Rename buy milk to buy oat milk", thread)
    user.say("Mark call Mom as done", thread)
    user.approve("Delete call Mom", thread)
    file = user.attach("list.txt", b"Buy oat milk", "text/plain")
    user.say("Look", thread, attachments=[file])
    assert user.ask("attachments.delete", attachment_id=file).status_code == 200
    get_task_over_mcp(stack, "pia", "buy oat milk")
    [first, *_] = user.ask("items.list", thread_id=thread, order="asc").json()["data"]
    assert user.session("GET").json()["state"] == "active"
    operations: list[tuple[str, dict[str, str]]] = [
        ("threads.retry_after_item", {"thread_id": thread, "item_id": first["id"]}),
        ("threads.list", {}),
        ("input.transcribe", dictation()),
        ("threads.update", {"thread_id": thread, "title": "Errands"}),
        ("threads.delete", {"thread_id": thread}),
    ]
    for operation, params in operations:
        assert user.ask(operation, **params).status_code == 200


@pytest.mark.usefixtures("every_operation")
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_allows_every_call_of_its_function(
    stack: Stack, granted: frozenset[Grant], function: str
) -> None:
    calls = {call for call in stack.aws_calls() if call.function == function}
    assert calls
    assert {call for call in calls if not any(grant.allows(call) for grant in granted)} == set()


@pytest.mark.usefixtures("every_operation")
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_allows_nothing_that_its_function_never_does(
    stack: Stack, granted: frozenset[Grant], function: str
) -> None:
    calls = stack.aws_calls()
    own = {grant for grant in granted if grant.function == function} - {FOR_GET_OBJECT}
    assert {grant for grant in own if not any(map(grant.allows, calls))} == set()


def test_a_wildcard_follows_only_the_name_of_a_resource_of_the_stack() -> None:
    for grant in grants(ROOT / "template.yaml", parameters_of(EVERY_POLICY)):
        assert "*" not in grant.action
        # Bedrock's ARNs are compared exactly below.
        if grant.resource.startswith(BEDROCK):
            continue
        named = grant.resource.removesuffix("/*")
        assert "*" not in named
        # The local stack is named local, and its bucket's name begins with that.
        assert named == grant.resource or ":local" in named


def test_parameters_add_exactly_the_grants_that_they_need() -> None:
    few = grants(ROOT / "template.yaml", parameters_of({"McpAudience": ""}))
    many = grants(ROOT / "template.yaml", parameters_of(EVERY_POLICY))
    secrets = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:"
    parameter = "arn:aws:ssm:eu-central-1:123456789012:parameter/chatkit/models"
    projects = f"{BEDROCK}-mantle:*:123456789012:project/*"
    assert many - few == {
        Grant("ChatkitFunction", "secretsmanager:GetSecretValue", f"{secrets}IdentitySecret"),
        Grant("ChatkitFunction", "secretsmanager:GetSecretValue", f"{secrets}local/tools/*"),
        Grant("ChatkitFunction", "secretsmanager:GetSecretValue", f"{secrets}local/models/*"),
        Grant("McpFunction", "secretsmanager:GetSecretValue", f"{secrets}IdentitySecret"),
        Grant("ChatkitFunction", "ssm:GetParameter", parameter),
        *(
            Grant("ChatkitFunction", f"bedrock:{action}", resource)
            for action in ("InvokeModel", "InvokeModelWithResponseStream")
            for resource in BEDROCK_MODELS
        ),
        *(
            Grant("ChatkitFunction", f"bedrock-mantle:{action}", projects)
            for action in ("CreateInference", "GetProject", "ListProjects")
        ),
    }


@pytest.mark.parametrize(
    ("endpoints", "actions"),
    [
        ("none", set()),
        ("runtime", {"bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"}),
        (
            "mantle",
            {
                "bedrock-mantle:CreateInference",
                "bedrock-mantle:GetProject",
                "bedrock-mantle:ListProjects",
            },
        ),
    ],
)
def test_the_role_allows_only_the_bedrock_endpoints_of_its_parameter(
    endpoints: str, actions: set[str]
) -> None:
    given = grants(ROOT / "template.yaml", parameters_of({"BedrockEndpoints": endpoints}))
    assert {each.action for each in given if each.resource.startswith(BEDROCK)} == actions


@pytest.mark.parametrize("name", ["models", "chatkit/models", "/models", "/chatkit/models"])
def test_the_chat_function_may_read_only_the_parameter_with_its_models(name: str) -> None:
    given = grants(ROOT / "template.yaml", parameters_of({"ModelsParameter": name}))
    [resource] = [each.resource for each in given if each.action == "ssm:GetParameter"]
    assert resource.endswith(f":parameter/{name.removeprefix('/')}")


def test_the_openai_secret_is_readable_only_if_a_key_is_set() -> None:
    for key, readable in (("none", False), ("sk-hunter2", True)):
        given = grants(ROOT / "template.yaml", parameters_of({"OpenAIApiKey": key}))
        assert any(each.resource.endswith(":OpenAISecret") for each in given) is readable
