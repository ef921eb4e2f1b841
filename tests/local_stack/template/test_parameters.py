"""A template's parameters."""

from typing import Any

import pytest

from local_stack.template import TemplateError
from local_stack.template.parameters import parameter_values


def test_a_given_value_goes_before_the_default() -> None:
    declared = {
        "Level": {"Type": "String", "Default": "INFO"},
        "Days": {"Type": "Number", "Default": 30},
    }
    assert parameter_values(declared, {"Level": "DEBUG"}) == {"Level": "DEBUG", "Days": "30"}


@pytest.mark.parametrize(
    ("declaration", "value", "told"),
    [
        ({"Type": "String", "AllowedValues": ["a", "b"]}, "c", "AllowedValues"),
        ({"Type": "String", "AllowedPattern": "https?://.+"}, "ftp://x", "AllowedPattern"),
        ({"Type": "String", "MinLength": 3}, "ab", "MinLength"),
        ({"Type": "String", "MaxLength": 1}, "ab", "MaxLength"),
        ({"Type": "Number"}, "many", "Number"),
        ({"Type": "Number", "MinValue": 1}, "0", "MinValue"),
        ({"Type": "AWS::EC2::VPC::Id"}, "vpc", "type"),
    ],
)
def test_a_value_that_breaks_its_constraint_is_refused(
    declaration: dict[str, Any], value: str, told: str
) -> None:
    with pytest.raises(TemplateError, match=told):
        parameter_values({"P": declaration}, {"P": value})


def test_a_constraint_that_is_no_number_is_refused() -> None:
    with pytest.raises(TemplateError, match="parameter P: MinLength is 'abc'"):
        parameter_values({"P": {"Type": "String", "MinLength": "abc"}}, {"P": "x"})


def test_a_missing_value_is_refused() -> None:
    with pytest.raises(TemplateError, match="P has no default"):
        parameter_values({"P": {"Type": "String"}}, {})


def test_a_name_that_the_template_does_not_have_is_refused() -> None:
    with pytest.raises(TemplateError, match="Typo"):
        parameter_values({}, {"Typo": "x"})


def test_a_secret_value_is_not_shown() -> None:
    declared = {"P": {"Type": "String", "NoEcho": True, "MinLength": 32}}
    with pytest.raises(TemplateError) as refused:
        parameter_values(declared, {"P": "hunter2"})
    assert "hunter2" not in str(refused.value)
