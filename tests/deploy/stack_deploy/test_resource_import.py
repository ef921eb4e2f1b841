"""The template for importing the tables and the bucket of an earlier stack."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local_stack.template.document import load_document
from stack_deploy.resource_import import import_template

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return load_document(ROOT / "template.yaml")


@pytest.fixture(scope="module")
def imported(document: dict[str, Any]) -> dict[str, Any]:
    return import_template(document)


def test_only_tables_and_bucket_are_imported(imported: dict[str, Any]) -> None:
    kinds = {name: resource["Type"] for name, resource in imported["Resources"].items()}
    table = "AWS::DynamoDB::Table"
    assert kinds == {
        "ThreadsTable": table,
        "SessionsTable": table,
        "TasksTable": table,
        "FilesBucket": "AWS::S3::Bucket",
    }


def test_each_resource_has_the_deletion_policy_that_an_import_requires(
    imported: dict[str, Any],
) -> None:
    policies = {each["DeletionPolicy"] for each in imported["Resources"].values()}
    assert policies == {"Retain"}


def test_a_table_is_described_by_its_keys(
    imported: dict[str, Any], document: dict[str, Any]
) -> None:
    table = imported["Resources"]["ThreadsTable"]["Properties"]
    for name in ("KeySchema", "AttributeDefinitions", "BillingMode"):
        assert table[name] == document["Resources"]["ThreadsTable"]["Properties"][name]


def test_the_template_needs_no_parameter_condition_or_transform(imported: dict[str, Any]) -> None:
    assert set(imported) == {"AWSTemplateFormatVersion", "Resources"}
    text = json.dumps(imported)
    assert '"Ref"' not in text
    assert '"Fn::' not in text


def test_single_resources_can_be_imported() -> None:
    command = [sys.executable, "-m", "stack_deploy.resource_import", "TasksTable"]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert set(json.loads(printed)["Resources"]) == {"TasksTable"}


def test_a_resource_that_is_deleted_with_its_stack_is_not_imported(
    document: dict[str, Any],
) -> None:
    with pytest.raises(ValueError, match="ApiLog, Tables"):
        import_template(document, frozenset({"Tables", "ApiLog"}))
