"""The template file, read into the values that the local stack works with."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from local_stack.template.api import read_api
from local_stack.template.document import load_document
from local_stack.template.errors import TemplateError
from local_stack.template.functions import read_function, read_layer, read_routes
from local_stack.template.globals import with_globals
from local_stack.template.intrinsics import Names
from local_stack.template.names import NOT_LOCAL, names_of
from local_stack.template.parameters import parameter_values
from local_stack.template.properties import only
from local_stack.template.resources import Function, Route, Template
from local_stack.template.storage import read_bucket, read_secret, read_table

_SECTIONS = frozenset({"Conditions", "Globals", "Parameters", "Resources"})
_SECTIONS_WITHOUT_EFFECT = frozenset(
    {"AWSTemplateFormatVersion", "Description", "Metadata", "Outputs", "Transform"}
)
_ATTRIBUTES = frozenset({"Condition", "Properties", "Type"})
_ATTRIBUTES_WITHOUT_EFFECT = frozenset(
    {"DeletionPolicy", "DependsOn", "Metadata", "UpdateReplacePolicy"}
)


def read_template(path: Path, parameters: Mapping[str, str]) -> Template:
    """Return the template with these parameter values. Its paths are relative to its folder.

    Raise TemplateError for whatever the local stack does not support, so that nothing in the
    template is ignored without notice.
    """
    document = only(str(path), load_document(path), _SECTIONS, _SECTIONS_WITHOUT_EFFECT)
    values = parameter_values(document.get("Parameters", {}), parameters)
    return _Reader(document, values, path.resolve().parent).template()


class _Reader:
    """The resources of one document, with the names to resolve references in them."""

    def __init__(self, document: dict[str, Any], values: dict[str, str], root: Path) -> None:
        self._root = root
        self._values = values
        self._names: Names = names_of(document, values)
        self._resources = {
            name: only(name, resource, _ATTRIBUTES, _ATTRIBUTES_WITHOUT_EFFECT)
            for name, resource in document["Resources"].items()
            if resource.get("Type") not in NOT_LOCAL and self._names.exists(resource)
        }
        self._properties = {
            name: with_globals(document, resource) for name, resource in self._resources.items()
        }

    def template(self) -> Template:
        apis = [read_api(*each, self._names) for each in self._of_type("AWS::Serverless::Api")]
        if len(apis) != 1:
            raise TemplateError(f"the template has {len(apis)} APIs; the local stack runs one")
        stage, responses = apis[0]
        return Template(
            parameters=self._values,
            stage=stage,
            functions=tuple(self._functions()),
            routes=tuple(self._routes()),
            gateway_responses=responses,
            tables=tuple(
                read_table(*each, self._names) for each in self._of_type("AWS::DynamoDB::Table")
            ),
            secrets=tuple(
                read_secret(*each, self._names)
                for each in self._of_type("AWS::SecretsManager::Secret")
            ),
            buckets=tuple(
                read_bucket(*each, self._names) for each in self._of_type("AWS::S3::Bucket")
            ),
        )

    def _of_type(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, resource in self._resources.items():
            if resource["Type"] == kind:
                yield name, self._properties[name]

    def _functions(self) -> Iterator[Function]:
        layers = {
            self._names.ref(name): read_layer(name, properties, self._root)
            for name, properties in self._of_type("AWS::Serverless::LayerVersion")
        }
        for each in self._of_type("AWS::Serverless::Function"):
            yield read_function(*each, self._names, layers, self._root)

    def _routes(self) -> Iterator[Route]:
        seen = set()
        for each in self._of_type("AWS::Serverless::Function"):
            for route in read_routes(*each, self._names):
                if (route.path, route.method) in seen:
                    raise TemplateError(f"the route {route.method} {route.path} is declared twice")
                seen.add((route.path, route.method))
                yield route
