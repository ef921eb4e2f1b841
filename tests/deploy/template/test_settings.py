"""The code, the template and the settings page agree on every setting."""

import re
from pathlib import Path
from typing import Any

import pytest

from stack_deploy.environment import SETTINGS
from task_tools.server import TaskSettings

ROOT = Path(__file__).parents[3]
# Read by Lambda, botocore, openai and Powertools themselves.
READ_BY_LIBRARIES = {
    "AWS_BEDROCK_BASE_URL",
    "AWS_ENDPOINT_URL",
    "AWS_LAMBDA_EXEC_WRAPPER",
    "POWERTOOLS_LOG_LEVEL",
    "POWERTOOLS_SERVICE_NAME",
}
# Settings of the team's own packages, in addition to the service's.
TEAMS_OWN = {"McpFunction": TaskSettings.model_fields}


@pytest.mark.parametrize("function", SETTINGS)
def test_each_function_gets_exactly_the_variables_that_it_reads(
    translated: dict[str, Any], function: str
) -> None:
    properties = translated["Resources"][function]["Properties"]
    given = set(properties["Environment"]["Variables"]) - READ_BY_LIBRARIES
    read = {*SETTINGS[function].model_fields, *TEAMS_OWN.get(function, ())}
    assert given == {name.upper() for name in read}


def test_no_service_name_is_a_librarys_logger(translated: dict[str, Any]) -> None:
    """The service name becomes the logger's name, and the SDKs use `chatkit` and `mcp`."""
    for function in SETTINGS:
        variables = translated["Resources"][function]["Properties"]["Environment"]["Variables"]
        assert variables["POWERTOOLS_SERVICE_NAME"].endswith("-function")


def test_the_settings_page_lists_every_parameter_and_no_other(translated: dict[str, Any]) -> None:
    settings = (ROOT / "docs" / "reference" / "settings.md").read_text()
    rows = [line.split("|")[1] for line in settings.splitlines() if line.startswith("| `")]
    listed = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert listed == set(translated["Parameters"])
