"""A project changed by docs/guides/your-own-assistant.md is complete and names no task list."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.system.docs.test_domain_words import offenders
from tests.system.e2e.guide import PARAMETERS, SHORT, changed_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return changed_project(tmp_path_factory.mktemp("project"))


def test_neither_the_functions_nor_the_template_name_the_task_list(project: Path) -> None:
    sources = list((project / "functions").rglob("*.py"))
    assert len(sources) > 100
    assert [word for file in sources for word in offenders(file.read_text())] == []
    assert "task" not in (project / "template.yaml").read_text().lower()
    assert not list((project / "functions").rglob("*task*"))


def test_the_installed_packages_and_the_import_contracts_are_those_of_the_project(
    project: Path,
) -> None:
    tool = tomllib.loads((project / "pyproject.toml").read_text())["tool"]
    packages = tool["hatch"]["build"]["targets"]["wheel"]["packages"]
    copied = [each for each in packages if not each.startswith("bench/")]
    assert {each for each in copied if not (project / each).is_dir()} == set()
    assert {"functions/chatkit/order_assistant", "functions/mcp/order_tools"} < set(packages)
    assert {"order_assistant", "order_tools"} < set(tool["importlinter"]["root_packages"])
    assert "task_" not in json.dumps(tool["importlinter"])


@pytest.mark.parametrize(
    "check",
    [
        "lint-imports",
        pytest.param("cfn-lint -t template.yaml", marks=pytest.mark.deep),
        "ruff check --no-cache functions examples",
        "ruff format --no-cache --check functions examples",
    ],
)
def test_a_check_passes_in_the_changed_project(project: Path, check: str) -> None:
    roots = ("functions/*", "layers/*", "local", "deploy", "examples/*")
    path = os.pathsep.join(str(folder) for root in roots for folder in project.glob(root))
    name, *arguments = check.split()
    done = subprocess.run(
        [Path(sys.executable).parent / name, *arguments],
        cwd=project,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_shorter_command_differs_only_in_the_header() -> None:
    assert PARAMETERS.startswith(f"{SHORT} ContextHeaders=")
