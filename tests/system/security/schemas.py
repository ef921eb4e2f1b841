"""Random values of a JSON schema, for the features of schemas that Pydantic writes.

hypothesis-jsonschema depends on parts of Hypothesis that no longer exist.
"""

from typing import Any

from hypothesis import strategies as st

type Values = st.SearchStrategy[Any]

TEXTS = st.text(max_size=20) | st.sampled_from(["", "\0", "../x", "' OR 1=1 --", "x" * 300, "💥"])
NUMBERS = st.integers() | st.sampled_from([0, 1, 100, 101, 2**63, -1])
ANYTHING: Values = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


def values_of(schema: dict[str, Any], definitions: dict[str, Any]) -> Values:
    """Return a strategy of the values that the schema allows. It may refer to `definitions`."""

    def inner(part: dict[str, Any]) -> Values:
        return values_of(part, definitions)

    match schema:
        case {"$ref": reference}:
            return st.deferred(lambda: inner(definitions[reference.rpartition("/")[2]]))
        case {"oneOf": parts} | {"anyOf": parts}:
            return st.one_of(*map(inner, parts))
        case {"const": value}:
            return st.just(value)
        case {"enum": allowed}:
            return st.sampled_from(allowed)
        case {"type": "object", "properties": properties}:
            parts = {name: inner(part) for name, part in properties.items()}
            # The discriminator of the operations has a default, but it is required.
            needed = {*schema.get("required", []), "type"} & parts.keys()
            return st.fixed_dictionaries(
                {name: parts[name] for name in needed},
                optional={name: part for name, part in parts.items() if name not in needed},
            )
        case {"type": "object"}:
            more = schema.get("additionalProperties", True)
            content = inner(more) if isinstance(more, dict) else ANYTHING
            return st.dictionaries(TEXTS, content, max_size=3)
        case {"type": "array"}:
            return st.lists(inner(schema.get("items", {})), max_size=3)
        case {"type": kind}:
            return _PLAIN[kind]
        case _:
            return ANYTHING


_PLAIN: dict[str, Values] = {
    "string": TEXTS,
    "integer": NUMBERS,
    "number": NUMBERS | st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "null": st.none(),
}
