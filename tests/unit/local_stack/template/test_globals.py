"""SAM's Globals are merged into the resources of their type."""

from typing import Any

import pytest

from local_stack.template import TemplateError
from local_stack.template.globals import with_globals


def merged(shared: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    document = {"Globals": {"Function": shared}}
    return with_globals(document, {"Type": "AWS::Serverless::Function", "Properties": own})


def test_a_primitive_of_the_resource_overrides_the_global_one() -> None:
    assert merged({"Timeout": 3, "MemorySize": 128}, {"Timeout": 9}) == {
        "Timeout": 9,
        "MemorySize": 128,
    }


def test_mappings_are_merged_in_depth() -> None:
    shared = {"Environment": {"Variables": {"A": 1, "B": 2}}}
    own = {"Environment": {"Variables": {"B": 3}}}
    assert merged(shared, own) == {"Environment": {"Variables": {"A": 1, "B": 3}}}


def test_lists_are_joined_with_the_global_entries_first() -> None:
    assert merged({"Layers": ["core"]}, {"Layers": ["more"]}) == {"Layers": ["core", "more"]}


def test_an_intrinsic_function_is_overridden_as_a_whole() -> None:
    assert merged({"Role": {"Ref": "A"}}, {"Role": {"Fn::Sub": "b"}}) == {"Role": {"Fn::Sub": "b"}}


def test_a_resource_of_another_type_gets_no_globals() -> None:
    document = {"Globals": {"Function": {"Timeout": 3}}}
    assert with_globals(document, {"Type": "AWS::Serverless::Api", "Properties": {}}) == {}


def test_an_unknown_section_is_refused() -> None:
    with pytest.raises(TemplateError, match="StateMachine"):
        with_globals({"Globals": {"StateMachine": {}}}, {"Type": "AWS::Serverless::Api"})
