"""What API Gateway and CloudFormation receive from AWS's own translator."""

from typing import Any

import pytest

# API Gateway Developer Guide, quotas: the limits of a buffered integration on a regional endpoint
# and of a stream.
BUFFERED_SECONDS = 29
STREAM_SECONDS = 900
ANY = "x-amazon-apigateway-any-method"


def integrations(translated: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return the path, method and integration of every route."""
    paths = translated["Resources"]["Api"]["Properties"]["Body"]["paths"]
    return [
        (path, method, operation["x-amazon-apigateway-integration"])
        for path, methods in paths.items()
        for method, operation in methods.items()
    ]


def uri(integration: dict[str, Any]) -> str:
    text: str = integration["uri"]["Fn::Sub"]
    return text


def test_every_route_of_the_chat_function_streams(translated: dict[str, Any]) -> None:
    routes = [each for each in integrations(translated) if "ChatkitFunction" in uri(each[2])]
    assert {(path, method) for path, method, _ in routes} == {
        (path, ANY)
        for path in (
            "/chatkit",
            "/chatkit/offers",
            "/chatkit/entities",
            "/chatkit/entities/preview",
        )
    }
    for _, _, integration in routes:
        assert integration["responseTransferMode"] == "STREAM"
        assert uri(integration).endswith(
            "/2021-11-15/functions/${ChatkitFunction.Arn}/response-streaming-invocations"
        )


def test_every_other_route_is_buffered(translated: dict[str, Any]) -> None:
    others = [each for each in integrations(translated) if "ChatkitFunction" not in uri(each[2])]
    assert {path for path, _, _ in others} == {
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/mcp",
        "/api/chatkit/cancel",
        "/api/chatkit/session",
        "/api/health",
        "/chatkit",
        "/chatkit/entities",
        "/chatkit/entities/preview",
        "/chatkit/offers",
        "/mcp",
    }
    for _, _, integration in others:
        assert "responseTransferMode" not in integration
        assert uri(integration).endswith("/invocations")
        assert "/2015-03-31/" in uri(integration)


def test_every_path_accepts_every_method_and_the_session_function_answers_its_preflight(
    translated: dict[str, Any],
) -> None:
    for path in translated["Resources"]["Api"]["Properties"]["Body"]["paths"]:
        methods = {
            method: integration
            for each, method, integration in integrations(translated)
            if each == path
        }
        assert ANY in methods
        assert "SessionFunction" in uri(methods.get("options", methods[ANY]))


def test_function_and_gateway_timeouts_match(translated: dict[str, Any]) -> None:
    resources, parameters = translated["Resources"], translated["Parameters"]
    assert resources["ChatkitFunction"]["Properties"]["Timeout"] == {"Ref": "ChatkitTimeout"}
    streams = [each for _, _, each in integrations(translated) if "responseTransferMode" in each]
    assert streams
    for stream in streams:
        assert parameters["ChatkitTimeout"]["MaxValue"] * 1000 <= stream["timeoutInMillis"]
        assert stream["timeoutInMillis"] <= STREAM_SECONDS * 1000
    for name in ("SessionFunction", "McpFunction"):
        assert resources[name]["Properties"]["Timeout"] <= BUFFERED_SECONDS


def outlives_the_stack(resource: dict[str, Any]) -> bool:
    """Return whether a resource is kept, unless the deployment that creates it fails."""
    policies = resource["DeletionPolicy"], resource["UpdateReplacePolicy"]
    return policies == ("RetainExceptOnCreate", "Retain")


@pytest.mark.parametrize("name", ["ThreadsTable", "SessionsTable", "TasksTable"])
def test_tables_are_encrypted_recoverable_and_outlive_the_stack(
    translated: dict[str, Any], name: str
) -> None:
    table = translated["Resources"][name]
    properties = table["Properties"]
    assert outlives_the_stack(table)
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["DeletionProtectionEnabled"] == {"Fn::If": ["TablesProtected", True, False]}
    assert translated["Conditions"]["TablesProtected"] == {
        "Fn::Equals": [{"Ref": "DeletionProtection"}, "true"]
    }


def test_the_bucket_outlives_the_stack(translated: dict[str, Any]) -> None:
    assert outlives_the_stack(translated["Resources"]["FilesBucket"])


@pytest.mark.parametrize("name", ["ApiAccount", "ApiAccountRole"])
def test_the_accounts_log_role_survives_a_failed_first_deployment(
    translated: dict[str, Any], name: str
) -> None:
    assert translated["Resources"][name]["DeletionPolicy"] == "Retain"


def test_the_bucket_is_private_encrypted_and_tls_only(translated: dict[str, Any]) -> None:
    bucket = translated["Resources"]["FilesBucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]
    assert bucket["LifecycleConfiguration"]["Rules"]
    policy = translated["Resources"]["FilesBucketPolicy"]["Properties"]["PolicyDocument"]
    [statement] = policy["Statement"]
    assert (statement["Effect"], statement["Condition"]) == (
        "Deny",
        {"Bool": {"aws:SecureTransport": False}},
    )


def test_a_body_in_the_bucket_is_kept_as_long_as_its_row(translated: dict[str, Any]) -> None:
    bucket = translated["Resources"]["FilesBucket"]["Properties"]
    rule, uploads = bucket["LifecycleConfiguration"]["Rules"]
    assert (uploads["Prefix"], uploads["ExpirationInDays"]) == ("uploads/", 1)
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", {"Ref": "RetentionDays"})
    assert "Prefix" not in rule
    variables = translated["Resources"]["ChatkitFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["RETENTION_DAYS"] == {"Ref": "RetentionDays"}


def test_only_the_allowed_pages_may_use_presigned_addresses(translated: dict[str, Any]) -> None:
    bucket = translated["Resources"]["FilesBucket"]["Properties"]
    [rule] = bucket["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == {"Fn::Split": [",", {"Ref": "AllowedOrigins"}]}
    assert rule["AllowedMethods"] == ["GET", "PUT"]


def test_unreadable_rows_are_counted(translated: dict[str, Any]) -> None:
    counter = translated["Resources"]["UnreadableRows"]["Properties"]
    assert counter["LogGroupName"] == {"Ref": "ChatkitLog"}
    assert counter["FilterPattern"] == '{ $.message = "row_unreadable" }'


def test_the_gateways_own_errors_can_be_read_by_any_page(
    translated: dict[str, Any],
) -> None:
    responses = translated["Resources"]["Api"]["Properties"]["Body"][
        "x-amazon-apigateway-gateway-responses"
    ]
    assert {"DEFAULT_4XX", "DEFAULT_5XX", "MISSING_AUTHENTICATION_TOKEN"} <= set(responses)
    for response in responses.values():
        origin = "gatewayresponse.header.Access-Control-Allow-Origin"
        assert response["responseParameters"][origin] == "'*'"
        assert '"message"' in response["responseTemplates"]["application/json"]


def test_a_throttled_function_is_503_and_not_the_gateways_504(translated: dict[str, Any]) -> None:
    responses = translated["Resources"]["Api"]["Properties"]["Body"][
        "x-amazon-apigateway-gateway-responses"
    ]
    assert str(responses["INTEGRATION_FAILURE"]["statusCode"]) == "503"


def test_every_parameter_has_a_description(translated: dict[str, Any]) -> None:
    for name, parameter in translated["Parameters"].items():
        assert parameter.get("Description"), name
        bounds = {"AllowedPattern", "AllowedValues", "MinLength", "MinValue"}
        assert bounds & set(parameter) or parameter.get("Default") == "", name


def test_the_translator_adds_no_role_or_policy(translated: dict[str, Any]) -> None:
    """The end-to-end tests compare the functions' calls with every role that exists."""
    iam = {
        name
        for name, resource in translated["Resources"].items()
        if resource["Type"].startswith("AWS::IAM::")
    }
    roles = {"SessionFunction": "SessionRole", "ChatkitFunction": "ChatkitRole"}
    for function, role in (roles | {"McpFunction": "McpRole"}).items():
        properties = translated["Resources"][function]["Properties"]
        assert properties["Role"] == {"Fn::GetAtt": [role, "Arn"]}
    assert iam == {
        "ApiAccountRole",
        "ChatkitBedrockMantlePolicy",
        "ChatkitBedrockRuntimePolicy",
        "ChatkitIdentityPolicy",
        "ChatkitModelSecretsPolicy",
        "ChatkitModelsParameterPolicy",
        "ChatkitRole",
        "ChatkitToolSecretsPolicy",
        "McpIdentityPolicy",
        "McpRole",
        "SessionRole",
    }


def test_only_api_gateway_may_invoke_a_function_and_only_through_its_own_routes(
    translated: dict[str, Any],
) -> None:
    """The translator permits every stage of the API (`*`). The template creates only one."""
    permissions = [
        resource["Properties"]
        for resource in translated["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Permission"
    ]
    routes = set()
    for permission in permissions:
        assert permission["Principal"] == "apigateway.amazonaws.com"
        arn, names = permission["SourceArn"]["Fn::Sub"]
        assert names == {"__ApiId__": {"Ref": "Api"}, "__Stage__": "*"}
        method, _, path = arn.partition("${__Stage__}/")[2].partition("/")
        routes.add((permission["FunctionName"]["Ref"], method.replace("*", ANY), f"/{path}"))
    assert routes == {
        (
            uri(each).split("${")[-1].partition(".")[0],
            method.upper() if method != ANY else ANY,
            path,
        )
        for path, method, each in integrations(translated)
    }
