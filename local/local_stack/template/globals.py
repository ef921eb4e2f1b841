"""SAM's Globals section, merged into a resource's own properties.

Source: AWS SAM documentation, "Globals section": primitives are overridden by the resource,
mappings are merged, lists are joined with the global entries first.
"""

from collections.abc import Mapping
from typing import Any

from local_stack.template.errors import TemplateError
from local_stack.template.intrinsics import is_intrinsic

_SECTIONS = {"Function": "AWS::Serverless::Function", "Api": "AWS::Serverless::Api"}


def with_globals(document: Mapping[str, Any], resource: Mapping[str, Any]) -> dict[str, Any]:
    """Return the resource's properties, merged with the global ones of its type."""
    sections = document.get("Globals", {})
    unknown = sorted(sections.keys() - _SECTIONS.keys())
    if unknown:
        raise TemplateError(
            f"Globals has {', '.join(unknown)}, which the local stack does not support"
        )
    shared = {_SECTIONS[name]: properties for name, properties in sections.items()}
    merged = _merged(shared.get(resource["Type"], {}), resource.get("Properties", {}))
    return dict(merged)


def _merged(shared: Any, own: Any) -> Any:
    if is_intrinsic(shared) or is_intrinsic(own):
        return own
    if isinstance(shared, dict) and isinstance(own, dict):
        both = {key: _merged(shared[key], own[key]) for key in shared.keys() & own.keys()}
        return shared | own | both
    if isinstance(shared, list) and isinstance(own, list):
        return shared + own
    return own
