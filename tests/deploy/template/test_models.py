"""What the stack has and allows for the models that it uses."""

import json
from typing import Any

ROLE = {"Ref": "ChatkitRole"}
BEDROCK = "arn:${AWS::Partition}:bedrock"


def statement(translated: dict[str, Any], policy: str) -> dict[str, Any]:
    """Return the one statement of a policy of the chat function's role."""
    properties = translated["Resources"][policy]["Properties"]
    assert properties["RoleName"] == ROLE
    only: dict[str, Any]
    [only] = properties["PolicyDocument"]["Statement"]
    assert only["Effect"] == "Allow"
    return only


def condition(translated: dict[str, Any], resource: str) -> Any:
    return translated["Conditions"][translated["Resources"][resource]["Condition"]]


def test_openais_secret_exists_only_with_a_key(translated: dict[str, Any]) -> None:
    secret = translated["Resources"]["OpenAISecret"]
    # A stack from before the key became optional keeps this secret unchanged.
    assert secret["Type"] == "AWS::SecretsManager::Secret"
    assert secret["Properties"] == {
        "Description": "The API key of the model's endpoint.",
        "SecretString": {"Ref": "OpenAIApiKey"},
    }
    assert translated["Parameters"]["OpenAIApiKey"]["Default"] == "none"
    assert condition(translated, "OpenAISecret") == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "OpenAIApiKey"}, "none"]}]
    }


def test_openais_secret_is_named_only_if_it_exists(translated: dict[str, Any]) -> None:
    chatkit = translated["Resources"]["ChatkitFunction"]["Properties"]
    named = {"Fn::If": ["HasOpenAIKey", {"Ref": "OpenAISecret"}, ""]}
    assert chatkit["Environment"]["Variables"]["OPENAI_SECRET_ARN"] == named
    readable = {"Fn::If": ["HasOpenAIKey", {"Ref": "OpenAISecret"}, {"Ref": "AWS::NoValue"}]}
    assert json.dumps(readable) in json.dumps(translated["Resources"]["ChatkitRole"])
    assert json.dumps(translated).count('{"Ref": "OpenAISecret"}') == 2


def test_secrets_of_models_are_readable_only_with_a_list(translated: dict[str, Any]) -> None:
    allowed = statement(translated, "ChatkitModelSecretsPolicy")
    assert allowed["Action"] == "secretsmanager:GetSecretValue"
    assert allowed["Resource"]["Fn::Sub"].endswith(":secret:${AWS::StackName}/models/*")
    assert condition(translated, "ChatkitModelSecretsPolicy") == {
        "Fn::Or": [
            {"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]}
            for name in ("Models", "ModelsParameter")
        ]
    }


def test_only_a_list_in_ssm_lets_the_chat_function_read_a_parameter(
    translated: dict[str, Any],
) -> None:
    assert statement(translated, "ChatkitModelsParameterPolicy")["Action"] == "ssm:GetParameter"
    assert condition(translated, "ChatkitModelsParameterPolicy") == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "ModelsParameter"}, ""]}]
    }


def test_models_of_bedrock_may_be_called_in_every_region(translated: dict[str, Any]) -> None:
    """An inference profile routes a request to regions that the account does not choose."""
    runtime = statement(translated, "ChatkitBedrockRuntimePolicy")
    assert runtime["Action"] == ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    assert [each["Fn::Sub"] for each in runtime["Resource"]] == [
        f"{BEDROCK}:*::foundation-model/*",
        f"{BEDROCK}:*:${{AWS::AccountId}}:inference-profile/*",
        f"{BEDROCK}:*:${{AWS::AccountId}}:application-inference-profile/*",
    ]
    mantle = statement(translated, "ChatkitBedrockMantlePolicy")
    projects = f"{BEDROCK}-mantle:*:${{AWS::AccountId}}:project/*"
    assert mantle["Resource"] == {"Fn::Sub": projects}


def test_each_endpoint_of_bedrock_is_allowed_only_if_a_model_uses_it(
    translated: dict[str, Any],
) -> None:
    for policy, endpoint in (
        ("ChatkitBedrockRuntimePolicy", "runtime"),
        ("ChatkitBedrockMantlePolicy", "mantle"),
    ):
        assert condition(translated, policy) == {
            "Fn::Or": [
                {"Fn::Equals": [{"Ref": "BedrockEndpoints"}, value]} for value in (endpoint, "both")
            ]
        }
