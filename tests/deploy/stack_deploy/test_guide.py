"""The commands and lists of docs/guides/deploy.md."""

import re
import shlex
from collections.abc import Iterator

import botocore.session
import pytest
from botocore import xform_name
from botocore.model import ServiceModel

from stack_deploy.lookups import put_command
from stack_deploy.make_variables import MAKE_NAMES
from tests.deploy.stack_deploy.conftest import GIVEN, ROOT, Deployment

GUIDE = (ROOT / "docs" / "guides" / "deploy.md").read_text()
MODELS = GUIDE[GUIDE.index("\n## Models\n") : GUIDE.index("\n## Origins\n")]
LISTS = re.findall(r"```json\n(.*?)\n```", MODELS, re.DOTALL)


def commands(first: str) -> list[list[str]]:
    """Return the words of each command of the guide that calls this program."""
    blocks = re.sub(r"\\\n +", "", GUIDE)
    lines = re.findall(r"^ {4,}(.*)$", blocks, re.MULTILINE)
    return [words for line in lines if first in (words := shlex.split(line, comments=True))]


# `wait` has options of the AWS CLI itself.
AWS = [words[words.index("aws") + 1 :] for words in commands("aws") if "wait" not in words]


def options_of(service: str, operation: str) -> set[str]:
    """Return the options of a command of the AWS CLI, which are the members of its request."""
    loaded: ServiceModel = botocore.session.Session().get_service_model(service)
    [name] = [each for each in loaded.operation_names if _with_hyphens(each) == operation]
    request = loaded.operation_model(name).input_shape
    assert request
    return {f"--{_with_hyphens(each)}" for each in request.members}


def _with_hyphens(name: str) -> str:
    return xform_name(name, "-")


def assignments() -> Iterator[str]:
    for words in commands("make"):
        if words[words.index("make") + 1] == "deploy":
            yield from (word.partition("=")[0] for word in words if "=" in word)


@pytest.mark.parametrize("text", LISTS)
def test_every_list_of_models_in_the_guide_can_be_deployed(
    deployment: Deployment, text: str
) -> None:
    assert deployment.values(GIVEN | {"MODELS": text}, typed=("MODELS",))["Models"] == text


def test_the_guide_stores_a_list_as_make_deploy_advises() -> None:
    [command] = [words for words in AWS if words[:2] == ["ssm", "put-parameter"]]
    advised = put_command("/chatkit/models", "eu-central-1").strip("`")
    assert shlex.split(advised) == ["aws", *command, "--region", "eu-central-1"]


def test_every_variable_of_make_deploy_in_the_guide_exists(deployment: Deployment) -> None:
    known = {p.variable for p in deployment.parameters} | {*MAKE_NAMES}
    used = set(assignments())
    assert {"MODEL", "MODELS", "MODELS_PARAMETER"} <= used <= known


@pytest.mark.parametrize("words", AWS, ids=lambda words: " ".join(words[:2]))
def test_every_option_of_an_aws_command_in_the_guide_exists(words: list[str]) -> None:
    options = {word for word in words if word.startswith("--")}
    assert options
    assert options <= options_of(*words[:2])
