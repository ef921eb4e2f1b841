"""CloudFormation's intrinsic functions are resolved or refused."""

from typing import Any

import pytest

from local_stack.template import TemplateError
from local_stack.template.intrinsics import Names, resolve

NAMES = Names(
    refs={"Table": "tasks", "AWS::Region": "eu-central-1"},
    attributes={("Table", "Arn"): "arn:table"},
    conditions={"HasTable": True, "HasKey": False},
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Table"}, "tasks"),
        ({"Fn::GetAtt": ["Table", "Arn"]}, "arn:table"),
        (
            {"Fn::Sub": "${Table} in ${AWS::Region}, ${Table.Arn}"},
            "tasks in eu-central-1, arn:table",
        ),
        ({"Fn::Sub": ["${x}-${Table}", {"x": {"Ref": "Table"}}]}, "tasks-tasks"),
        ({"Fn::Sub": "${!Literal}"}, "${Literal}"),
        ({"Fn::Join": [":", ["a", {"Ref": "Table"}, 3]]}, "a:tasks:3"),
        ({"Fn::Split": ["a", {"Ref": "Table"}]}, ["t", "sks"]),
        ({"Fn::Join": ["-", {"Fn::Split": ["a", {"Ref": "Table"}]}]}, "t-sks"),
        ({"Fn::If": ["HasTable", {"Ref": "Table"}, {"Ref": "Nobody"}]}, "tasks"),
        ({"Fn::If": ["HasKey", {"Ref": "Nobody"}, ""]}, ""),
        ({"deep": [{"Ref": "Table"}, 1, True]}, {"deep": ["tasks", 1, True]}),
    ],
)
def test_an_intrinsic_function_is_resolved(value: Any, expected: Any) -> None:
    assert resolve(value, NAMES) == expected


def test_no_value_removes_its_property_and_its_list_entry() -> None:
    nothing = {"Ref": "AWS::NoValue"}
    assert resolve({"a": nothing, "b": [nothing, 1]}, NAMES) == {"b": [1]}
    assert resolve([1, {"Fn::If": ["HasKey", 2, nothing]}], NAMES) == [1]


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Nobody"},
        {"Fn::GetAtt": ["Table", "StreamArn"]},
        {"Fn::Sub": "${Nobody}"},
        {"Fn::ImportValue": "x"},
        {"Fn::If": ["IsProd", 1, 2]},
        {"Condition": "IsProd"},
    ],
)
def test_an_unsupported_function_is_refused(value: Any) -> None:
    with pytest.raises(TemplateError):
        resolve({"deep": [value]}, NAMES)
