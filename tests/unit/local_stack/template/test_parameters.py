"""The values of a template's parameters are checked against their declarations."""

from typing import Any

import pytest

from local_stack.template import TemplateError
from local_stack.template.parameters import parameter_values


def test_a_given_value_overrides_the_default() -> None:
    declared = {
        "Level": {"Type": "String", "Default": "INFO"},
        "Days": {"Type": "Number", "Default": 30},
    }
    assert parameter_values(declared, {"Level": "DEBUG"}) == {"Level": "DEBUG", "Days": "30"}


@pytest.mark.parametrize(
    ("declaration", "value", "sentence"),
    [
        ({"Type": "String", "AllowedValues": ["a", "b"]}, "c", "P must be a or b, not 'c'"),
        ({"Type": "Number", "AllowedValues": [1, 3, 5]}, "2", "P must be one of 1, 3, 5, not '2'"),
        (
            {
                "Type": "String",
                "AllowedPattern": "https?://.+",
                "ConstraintDescription": "must be an address",
            },
            "ftp://x",
            "P must be an address, not 'ftp://x'",
        ),
        ({"Type": "String", "MinLength": 3}, "ab", "P must have at least 3 characters"),
        ({"Type": "String", "MinLength": 1}, "", "P must not be empty"),
        ({"Type": "String", "MaxLength": 1}, "ab", "P must have at most 1 characters"),
        ({"Type": "String"}, "é" * 2049, "P must be at most 4,096 bytes .* exceeds by 2"),
        ({"Type": "Number"}, "many", "P must be a whole number, not 'many'"),
        ({"Type": "Number", "MinValue": 1}, "0", "P must be a whole number, 1 or more, not '0'"),
        *(
            (
                {"Type": "Number", "MinValue": 512, "MaxValue": 10240},
                value,
                "P must be a whole number from 512 to 10,240",
            )
            for value in ("1024.5", "1e3", "inf", "nan", "", " 1024 ", "0x400", "1_024", "01024")
        ),
        ({"Type": "Number", "MinValue": 1}, "١٢", "P must be a whole number, 1 or more"),
        ({"Type": "AWS::EC2::VPC::Id"}, "vpc", "type"),
    ],
)
def test_a_value_that_breaks_its_constraint_is_refused(
    declaration: dict[str, Any], value: str, sentence: str
) -> None:
    with pytest.raises(TemplateError, match=sentence):
        parameter_values({"P": declaration}, {"P": value})


def test_a_constraint_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(TemplateError, match="parameter P: MinLength is 'abc'"):
        parameter_values({"P": {"Type": "String", "MinLength": "abc"}}, {"P": "x"})


def test_a_boolean_default_is_written_in_lower_case() -> None:
    declared = {"P": {"Type": "String", "Default": True, "AllowedValues": [True, False]}}
    assert parameter_values(declared, {}) == {"P": "true"}


def test_a_default_that_is_not_a_scalar_is_refused() -> None:
    with pytest.raises(TemplateError, match="parameter P: Default is "):
        parameter_values({"P": {"Type": "String", "Default": {"Ref": "Q"}}}, {})


def test_a_missing_value_is_refused() -> None:
    with pytest.raises(TemplateError, match="P has no default"):
        parameter_values({"P": {"Type": "String"}}, {})


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(TemplateError, match="Typo"):
        parameter_values({}, {"Typo": "x"})


def test_a_secret_value_is_not_shown() -> None:
    declared = {"P": {"Type": "String", "NoEcho": True, "MinLength": 32}}
    with pytest.raises(TemplateError) as refused:
        parameter_values(declared, {"P": "hunter2"})
    assert "hunter2" not in str(refused.value)
