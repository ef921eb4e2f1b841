"""A template file as plain Python values, with CloudFormation's short tags in long form."""

from pathlib import Path
from typing import Any

import yaml

from local_stack.template.errors import TemplateError

# Only these two tags have no "Fn::" in their long form.
_BARE_TAGS = ("Ref", "Condition")


class _Loader(yaml.SafeLoader):
    """A YAML loader with CloudFormation's tags, which reads dates as text."""


def _long_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in _BARE_TAGS else f"Fn::{tag}": value}


def _as_written(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_multi_constructor("!", _long_form)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _as_written)


def load_document(path: Path) -> dict[str, Any]:
    """Return the file's top-level mapping. Raise TemplateError when it cannot be read."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except OSError as error:
        raise TemplateError(f"{path} cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise TemplateError(f"{path} is not YAML: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("Resources"), dict):
        raise TemplateError(f"{path} is not a template: it has no Resources")
    return document
