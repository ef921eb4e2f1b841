"""Which values a deployment uses and which it refuses."""

import json
from dataclasses import replace

import pytest

from tests.deploy.stack_deploy.conftest import EMPTY, GIVEN, Deployment


def test_a_first_deployment_names_every_variable_that_is_missing_or_wrong(
    deployment: Deployment,
) -> None:
    wrong = {"ALLOWED_ORIGINS": "https://*", "CHATKIT_TIMEOUT": "901", "TOOL_SERVERS": "[oops"}
    refusal = "\n".join(deployment.refusal(wrong))
    for variable in [*wrong, *GIVEN]:
        assert variable in refusal


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        *(
            (
                "CHATKIT_MEMORY",
                value,
                f"CHATKIT_MEMORY must be a whole number from 512 to 10,240, not {value!r}.",
            )
            for value in ("1024.5", "1e3", "0x400", "511", "1_024")
        ),
        *(
            (
                "USER_MESSAGES_PER_MINUTE",
                value,
                "USER_MESSAGES_PER_MINUTE must be a whole number from 0 to 1,000,000,"
                f" not {value!r}.",
            )
            for value in ("inf", "nan", "-1", "١٢", " 5 ")
        ),
        (
            "ACCEPT_IDENTITY_TOKENS",
            "yes",
            "ACCEPT_IDENTITY_TOKENS must be true or false, not 'yes'.",
        ),
        (
            "ALLOWED_ORIGINS",
            "https://a.example.com,https://a.example.com",
            "ALLOWED_ORIGINS must name each origin once,"
            " not 'https://a.example.com,https://a.example.com'.",
        ),
        (
            "ALLOWED_ORIGINS",
            "https://a.example.com,https://b.example.com:70000",
            "ALLOWED_ORIGINS[1] must have a port from 1 to 65,535, or none,"
            " in 'https://a.example.com,https://b.example.com:70000'.",
        ),
        (
            "ALLOWED_ORIGINS",
            "https://a.example.com:443",
            "ALLOWED_ORIGINS[0] must leave out the port 443, as browsers do,"
            " in 'https://a.example.com:443'.",
        ),
        *(
            (
                "ALLOWED_ORIGINS",
                value,
                "ALLOWED_ORIGINS must be origins like https://app.example.com, separated by commas"
                " alone: in lower case, without a path or a slash at the end, a * only as the whole"
                " first label of an https host with two labels or more after it"
                f" (https://*.preview.example.com), not {value!r}.",
            )
            for value in (
                "*",
                "https://*",
                "https://*.com",
                "http://*.preview.example.com",
                "https://pr-*.preview.example.com",
                "https://a.*.example.com",
                "https://*.*.example.com",
                "https://*.example.com/",
                "https://*.example.com.",
                "https://*..example.com",
                "https://app.example.com.",
                "https://a.example.com,https://*",
            )
        ),
        (
            "IDENTITY_AUDIENCE",
            "app ",
            "IDENTITY_AUDIENCE must not begin or end with whitespace, not 'app '.",
        ),
        (
            "MCP_AUDIENCE",
            "a\nb",
            "MCP_AUDIENCE must be one line of text without control characters, not 'a\\nb'.",
        ),
        (
            "IDENTITY_ISSUER",
            "my login",
            "IDENTITY_ISSUER must be the issuer as your login's tokens spell it, without spaces,"
            " not 'my login'.",
        ),
        (
            "TOOL_SERVERS",
            "[oops",
            "TOOL_SERVERS must be a JSON list (Expecting value: line 1 column 2 (char 1)).",
        ),
        (
            "TOOL_SERVERS",
            '[{"name": "weather"}]',
            "TOOL_SERVERS[0].url is missing.",
        ),
        (
            "TOOL_SERVERS",
            '[{"name":"a","url":"http://localhost/"}]',
            "TOOL_SERVERS[0].url must be an address that can be reached from AWS.",
        ),
        (
            "TOOL_SERVERS",
            '[{"name":"a","url":"https://a/","secret":"s/a"}]',
            "TOOL_SERVERS[0].secret must begin with chatkit/tools/, or the chat function may not"
            " read it.",
        ),
    ],
)
def test_a_wrong_value_is_refused_in_one_sentence(
    deployment: Deployment, variable: str, value: str, sentence: str
) -> None:
    assert deployment.refusal(GIVEN | {variable: value}) == [sentence]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OPENAI_BASE_URL", "models.example.com"),
        ("OPENAI_BASE_URL", "https://models.example.com/v1?key=x"),
        ("OPENAI_BASE_URL", "https://me:hunter2@models.example.com/v1"),
        ("OPENAI_BASE_URL", "http://localhost:11434/v1"),
        ("OPENAI_BASE_URL", "https://models.example.com:99999/v1"),
        ("OPENAI_BASE_URL", "http://models.example.com/v1"),
        ("OPENAI_BASE_URL", "https://:8443/v1"),
        ("MODELS_PARAMETER", "arn:aws:ssm:eu-central-1:123456789012:parameter/models"),
        ("MODELS_PARAMETER", "//models"),
        ("MODELS_PARAMETER", "chatkit/models/"),
        ("MODEL_FALLBACK", "yes"),
        ("MODEL", ",,"),
        ("MODEL", "gpt-a,gpt-a"),
        ("LOG_LEVEL", "debug"),
        ("LOG_RETENTION_DAYS", "31"),
        ("RETENTION_DAYS", "30.0"),
        ("ALLOWED_ORIGINS", "https://App.example.com"),
        ("ALLOWED_ORIGINS", "https://app.example.com/"),
        ("ALLOWED_ORIGINS", "https://app.example.com, https://b.example.com"),
        ("ALLOWED_ORIGINS", "https://app.example.com?x"),
        ("ALLOWED_ORIGINS", "https://me@app.example.com"),
        ("OPENAI_API_KEY", "sk hunter2"),
        ("OPENAI_API_KEY", "sk-hunter2\n"),
        ("OPENAI_API_KEY", "sk-hunter²"),
        ("IDENTITY_SHARED_SECRET", "hunter2"),
        ("MCP_AUDIENCE", "a" * 4097),
        ("MCP_AUDIENCE", "\udcff"),
    ],
)
def test_an_obvious_mistake_is_refused_in_a_sentence(
    deployment: Deployment, variable: str, value: str
) -> None:
    [sentence, *more] = deployment.refusal(GIVEN | {variable: value}, typed=(variable,))
    assert sentence.startswith(f"{variable} must ")
    assert "[^" not in sentence
    assert "hunter" not in sentence
    # A value that is too long for a parameter is too long for the functions too.
    assert all("environment would take" in each for each in more)


def test_no_secret_is_shown_in_a_refusal(deployment: Deployment) -> None:
    refusal = deployment.refusal(
        GIVEN | {"IDENTITY_SHARED_SECRET": "hunter2", "OPENAI_API_KEY": "sk hunter2"}
    )
    assert "IDENTITY_SHARED_SECRET must have at least 32 characters." in refusal
    assert "hunter2" not in "\n".join(refusal)


@pytest.mark.parametrize("variable", ["MODELS", "TOOL_SERVERS"])
@pytest.mark.parametrize(
    "value",
    [
        '[{"name": "a", "secret": "sk-hunter2"}]',
        '[{"name": "a", "url": "https://a.example.com/", "secret": "sk-hunter2"}]',
        '[{"name": "a", "api_key": "sk-hunter2"}]',
        '[{"secret": "sk-hunter2"',
    ],
)
def test_a_key_that_was_pasted_into_a_list_is_not_shown(
    deployment: Deployment, variable: str, value: str
) -> None:
    for typed in ((), (variable,)):
        refusal = deployment.refusal(GIVEN | {variable: value}, typed=typed)
        assert "hunter2" not in "\n".join(refusal)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TOOL_SERVERS", '[\n  {"name": "a", "url": "https://a.example.com/mcp"}\n]'),
        ("TOOL_SERVERS", '[{"name":"a","url":"https://a/","secret":"chatkit/tools/a"}]'),
        ("ALLOWED_ORIGINS", "http://localhost:3000,https://app.example.com"),
        ("ALLOWED_ORIGINS", "https://*.preview.example.com,https://*.p.example.com:8443"),
        ("MODEL", "gpt-a, gpt-b"),
        ("OPENAI_BASE_URL", "https://models.example.com/v1"),
        ("USER_MESSAGES_PER_MINUTE", "0"),
    ],
)
def test_a_valid_value_is_used_unchanged(deployment: Deployment, variable: str, value: str) -> None:
    values = deployment.values(GIVEN | {variable: value}, typed=(variable,))
    assert value in values.values()


def test_an_environment_too_large_for_lambda_is_refused_with_its_largest_variables(
    deployment: Deployment,
) -> None:
    servers = [
        {"name": f"server{index}", "url": f"https://server{index}.example.com/{'x' * 100}"}
        for index in range(20)
    ]
    [sentence] = deployment.refusal(GIVEN | {"TOOL_SERVERS": json.dumps(servers)})
    assert sentence.startswith("ChatkitFunction's environment would take ")
    assert "Lambda allows 4,096" in sentence
    assert "The largest variables: TOOL_SERVERS (" in sentence


def test_a_later_deployment_keeps_values_that_are_not_set(deployment: Deployment) -> None:
    values = deployment.values({"HISTORY_TOKENS": "9000"}, deployment.existing_stack(Model="gpt-a"))
    assert values == {"HistoryTokens": "9000", "Architecture": "x86_64"}


def test_a_kept_value_that_the_template_no_longer_allows_is_refused(deployment: Deployment) -> None:
    existing_stack = deployment.existing_stack(ChatkitMemory="256")
    assert deployment.refusal({}, existing_stack) == [
        "CHATKIT_MEMORY must be a whole number from 512 to 10,240, not '256'"
        " (the stack's current value)."
    ]


@pytest.mark.parametrize(
    ("variable", "name", "default"),
    [
        ("TOOL_SERVERS", "ToolServers", ""),
        ("MCP_AUDIENCE", "McpAudience", ""),
        ("MODELS_PARAMETER", "ModelsParameter", ""),
        ("TITLE_MODEL", "TitleModel", ""),
        ("TRANSCRIPTION_MODEL", "TranscriptionModel", ""),
        ("MODEL_FALLBACK", "ModelFallback", "false"),
        ("CHATKIT_MEMORY", "ChatkitMemory", "1024"),
        ("ACCEPT_IDENTITY_TOKENS", "AcceptIdentityTokens", "false"),
    ],
)
def test_an_empty_variable_resets_a_parameter_to_its_default(
    deployment: Deployment, variable: str, name: str, default: str
) -> None:
    assert deployment.values({variable: ""}, deployment.existing_stack())[name] == default


@pytest.mark.parametrize(
    ("variable", "name", "value"),
    [("MODEL", "Model", "gpt-a"), ("MODELS", "Models", '[{"name": "gpt-a"}]')],
)
def test_a_typed_empty_variable_resets_a_shared_name(
    deployment: Deployment, variable: str, name: str, value: str
) -> None:
    existing_stack = deployment.existing_stack(**{name: value})
    assert deployment.values({variable: ""}, existing_stack, typed=(variable,))[name] == ""


@pytest.mark.parametrize(
    "variable", ["ALLOWED_ORIGINS", "OPENAI_API_KEY", "IDENTITY_SHARED_SECRET"]
)
def test_a_required_value_or_a_secret_cannot_be_emptied(
    deployment: Deployment, variable: str
) -> None:
    assert deployment.refusal({variable: ""}, deployment.existing_stack()) == [
        f"{variable} is empty. Set it, or `unset {variable}` to keep the stack's value."
    ]


def test_an_empty_required_variable_of_a_first_deployment_is_missing(
    deployment: Deployment,
) -> None:
    assert deployment.refusal(GIVEN | {"IDENTITY_AUDIENCE": ""}) == [
        "IDENTITY_AUDIENCE is missing: The audience that your login's tokens must name."
    ]


@pytest.mark.parametrize(("has_role", "value"), [(True, "existing"), (False, "create")])
@pytest.mark.parametrize("given", [{}, {"API_LOG_ROLE": ""}])
def test_the_api_log_role_is_created_only_if_the_account_has_none(
    deployment: Deployment, has_role: bool, value: str, given: dict[str, str]
) -> None:
    account = replace(EMPTY, has_api_log_role=has_role)
    assert deployment.values(GIVEN | given, account)["ApiLogRole"] == value
