"""Which functions may read the secret with which a login signs."""

import json
from typing import Any


def test_the_chat_function_reads_the_logins_secret_only_to_verify_with_it(
    translated: dict[str, Any],
) -> None:
    resources = translated["Resources"]
    assert "IdentitySecret" not in json.dumps(resources["ChatkitRole"])
    assert "IdentitySecret" in json.dumps(resources["ChatkitIdentityPolicy"])
    condition = resources["ChatkitIdentityPolicy"]["Condition"]
    assert translated["Conditions"][condition] == {
        "Fn::And": [
            {"Fn::Equals": [{"Ref": "AcceptIdentityTokens"}, "true"]},
            {"Fn::Equals": [{"Ref": "IdentityJwksUrl"}, ""]},
        ]
    }


def test_the_mcp_function_reads_the_logins_secret_only_to_verify_with_it(
    translated: dict[str, Any],
) -> None:
    resources = translated["Resources"]
    assert "IdentitySecret" not in json.dumps(resources["McpRole"])
    assert "IdentitySecret" in json.dumps(resources["McpIdentityPolicy"])
    condition = resources["McpIdentityPolicy"]["Condition"]
    assert translated["Conditions"][condition] == {
        "Fn::And": [
            {"Fn::Not": [{"Fn::Equals": [{"Ref": "McpAudience"}, ""]}]},
            {"Fn::Equals": [{"Ref": "IdentityJwksUrl"}, ""]},
        ]
    }


def test_secrets_of_other_tool_servers_are_readable_only_if_servers_are_set(
    translated: dict[str, Any],
) -> None:
    policy = translated["Resources"]["ChatkitToolSecretsPolicy"]
    assert translated["Conditions"][policy["Condition"]] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "ToolServers"}, ""]}]
    }
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Action"] == "secretsmanager:GetSecretValue"
    assert statement["Resource"]["Fn::Sub"].endswith(":secret:${AWS::StackName}/tools/*")
