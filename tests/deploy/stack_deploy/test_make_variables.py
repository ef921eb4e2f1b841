"""Which variables of a shell are used and which are reported."""

import pytest

from stack_deploy.make_variables import SHARED_NAMES
from tests.deploy.stack_deploy.conftest import GIVEN, Deployment


def test_every_shared_name_is_an_optional_parameter(deployment: Deployment) -> None:
    optional = {p.variable for p in deployment.parameters if not p.required and not p.secret}
    assert optional > SHARED_NAMES


@pytest.mark.parametrize(
    ("variable", "value"),
    [("MODEL", "gpt-b"), ("LOG_LEVEL", "DEBUG"), ("OPENAI_BASE_URL", "https://x.example.com/v1")],
)
def test_an_exported_shared_name_is_refused_with_both_fixes(
    deployment: Deployment, variable: str, value: str
) -> None:
    assert deployment.refusal({variable: value}, deployment.existing_stack()) == [
        f"{variable} is exported ({value}), perhaps for another program. Type"
        f" `make deploy {variable}=…` if you mean it, or `unset {variable}`."
    ]


def test_an_exported_empty_shared_name_resets_nothing(
    deployment: Deployment,
) -> None:
    [sentence] = deployment.refusal({"MODEL": ""}, deployment.existing_stack(Model="gpt-a"))
    assert sentence.startswith("MODEL is exported (empty), ")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OPENAI_BASE_URL", "https://me:hunter2@models.example.com/v1"),
        ("MODELS", '[{"name": "a", "api_key": "hunter2"}]'),
    ],
)
def test_an_exported_shared_name_is_refused_without_a_secret_in_it(
    deployment: Deployment, variable: str, value: str
) -> None:
    [sentence] = deployment.refusal({variable: value}, deployment.existing_stack())
    assert sentence.startswith(f"{variable} is exported")
    assert "hunter2" not in sentence


def test_a_typed_shared_name_counts(deployment: Deployment) -> None:
    values = deployment.values({"MODEL": "gpt-b"}, deployment.existing_stack(), typed=("MODEL",))
    assert values["Model"] == "gpt-b"


@pytest.mark.parametrize("environ", [{"MODEL": "gpt-a"}, {"LOG_LEVEL": ""}])
def test_an_exported_shared_name_that_changes_nothing_is_accepted(
    deployment: Deployment, environ: dict[str, str]
) -> None:
    values = deployment.values(environ, deployment.existing_stack(Model="gpt-a"))
    assert values == {"Architecture": "x86_64"}


def test_an_exported_architecture_is_never_used(deployment: Deployment) -> None:
    values = deployment.values({"ARCHITECTURE": "arm64"}, deployment.existing_stack())
    assert values == {"Architecture": "x86_64"}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            "CHATKIT_MEMROY",
            "CHATKIT_MEMROY is not a parameter of the template. Did you mean CHATKIT_MEMORY?",
        ),
        (
            "ALLOWED_ORIGIN",
            "ALLOWED_ORIGIN is not a parameter of the template. Did you mean ALLOWED_ORIGINS?",
        ),
        (
            "ChatkitMemory",
            "ChatkitMemory is not a parameter of the template. Did you mean CHATKIT_MEMORY?",
        ),
        ("STAK", "STAK is not a parameter of the template. Did you mean STACK?"),
        ("ZZZ", "ZZZ is not a parameter of the template."),
        ("ARCHITECTURE", "ARCHITECTURE follows the build. Type `make deploy ARCH=arm64`."),
    ],
)
def test_an_unknown_typed_name_is_refused(
    deployment: Deployment, typed: str, sentence: str
) -> None:
    assert deployment.refusal(GIVEN | {typed: "arm64"}, typed=(typed,)) == [sentence]


@pytest.mark.parametrize("typed", ["STACK", "ARCH", "UV", "AWS_REGION", "SAM_CLI_TELEMETRY"])
def test_variables_of_make_and_of_aws_may_be_typed(deployment: Deployment, typed: str) -> None:
    assert deployment.values(GIVEN | {typed: "x"}, typed=(typed,))


def test_an_exported_name_that_looks_misspelled_is_reported(deployment: Deployment) -> None:
    hint = (
        "CHATKIT_MEMROY is exported, but is not a parameter of the template."
        " Did you mean CHATKIT_MEMORY?"
    )
    assert f"  {hint}" in deployment.summary(GIVEN | {"CHATKIT_MEMROY": "2048"})
    assert hint in deployment.refusal({"CHATKIT_MEMROY": "2048"})


def test_a_stack_name_that_is_only_exported_is_refused(deployment: Deployment) -> None:
    environ = GIVEN | {"STACK": "prod"}
    [sentence] = deployment.refusal(environ, stack="prod")
    assert sentence.startswith("STACK is exported (prod), ")
    assert deployment.values(environ, typed=("STACK",), stack="prod")


def test_the_architecture_of_a_stack_changes_only_when_it_is_typed(
    deployment: Deployment,
) -> None:
    existing_stack = deployment.existing_stack(Architecture="arm64")
    assert deployment.refusal({}, existing_stack) == [
        "ARCH is x86_64 instead of arm64. Type `make deploy ARCH=arm64` to keep it, or"
        " `make deploy ARCH=x86_64` to change it."
    ]
    values = deployment.values({"ARCH": "x86_64"}, existing_stack, typed=("ARCH",))
    assert values == {"Architecture": "x86_64"}
    assert deployment.values({}, existing_stack, arch="arm64") == {"Architecture": "arm64"}


def test_each_change_is_listed_with_the_value_that_it_replaces(deployment: Deployment) -> None:
    environ = {
        "MODEL": "gpt-b",
        "TOOL_SERVERS": "",
        "HISTORY_TOKENS": "64000",
        "OPENAI_API_KEY": "sk-hunter2",
    }
    servers = '[{"name":"a","url":"https://a.example.com/"}]'
    existing_stack = deployment.existing_stack(Model="gpt-a", ToolServers=servers)
    assert deployment.summary(environ, existing_stack, typed=("MODEL",)) == [
        "Changes the stack chatkit in account 123456789012, region eu-central-1, with",
        f"  ToolServers: {servers} → (empty)",
        "  OpenAIApiKey: (secret) → (secret, new value)",
        "  Model: gpt-a → gpt-b",
        "  HistoryTokens: 64000 (unchanged)",
        "  Architecture: x86_64 (unchanged)",
    ]


def test_a_first_deployment_is_listed_without_secrets(deployment: Deployment) -> None:
    lines = deployment.summary(GIVEN)
    assert lines[0].startswith("Creates the stack chatkit in account 123456789012")
    assert "  AllowedOrigins: https://app.example.com" in lines
    assert "  OpenAIApiKey: (secret)" in lines
    assert "hunter2" not in "\n".join(lines)


def test_a_key_that_is_removed_is_listed_as_none(deployment: Deployment) -> None:
    environ = {
        "OPENAI_API_KEY": "none",
        "MODELS": '[{"name": "openai.gpt-a", "provider": "bedrock"}]',
    }
    lines = deployment.summary(environ, deployment.existing_stack(), typed=("MODELS",))
    assert "  OpenAIApiKey: (secret) → none" in lines


def test_a_typed_secret_shows_a_warning(deployment: Deployment) -> None:
    lines = deployment.summary(GIVEN, typed=("OPENAI_API_KEY",))
    assert lines[-1].startswith("  OPENAI_API_KEY is a secret, but was typed on the command line")


def test_removing_a_secret_on_the_command_line_shows_no_warning(deployment: Deployment) -> None:
    environ = {"OPENAI_API_KEY": "none", "OPENAI_BASE_URL": "https://models.example.com/v1"}
    lines = deployment.summary(environ, deployment.existing_stack(), typed=tuple(environ))
    assert "was typed" not in "\n".join(lines)
