"""Prints a template for importing an earlier stack's resources (docs/guides/deploy.md)."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local_stack.template.document import load_document


def import_template(
    document: Mapping[str, Any], names: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return a template of the resources that outlive their stack: all, or those with these names.

    CloudFormation imports only resources with a deletion policy, and a new stack may contain
    nothing else. Properties that use an intrinsic function are left out, and so are all parameters:
    the next deployment sets them.
    """
    kept = {
        name: resource
        for name, resource in document["Resources"].items()
        if resource.get("DeletionPolicy") == "RetainExceptOnCreate"
    }
    if unknown := names - kept.keys():
        raise ValueError(f"not kept when a stack is deleted: {', '.join(sorted(unknown))}")
    return {
        "AWSTemplateFormatVersion": document["AWSTemplateFormatVersion"],
        "Resources": {
            name: {
                "Type": resource["Type"],
                "DeletionPolicy": "Retain",
                "UpdateReplacePolicy": "Retain",
                "Properties": _literal(resource["Properties"]),
            }
            for name, resource in kept.items()
            if name in (names or kept)
        },
    }


def _literal(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if not _has_function(value)}


def _has_function(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(
            name == "Ref" or name.startswith("Fn::") or _has_function(part)
            for name, part in value.items()
        )
    return isinstance(value, list) and any(_has_function(part) for part in value)


def main() -> None:
    parser = argparse.ArgumentParser(prog="stack_deploy.resource_import", description=__doc__)
    parser.add_argument("names", nargs="*", help="logical ids, for example ThreadsTable")
    names = frozenset(parser.parse_args().names)
    try:
        template = import_template(load_document(Path("template.yaml")), names)
    except ValueError as error:
        parser.error(str(error))
    print(json.dumps(template, indent=2))


if __name__ == "__main__":
    main()
